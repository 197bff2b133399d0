//! `keyward completions` and `keyward man`.

use std::path::PathBuf;

use clap::{Args, Command, ValueEnum};
use clap_complete::Generator;
use clap_complete::shells::{Bash, Fish, Zsh};

use crate::failure::Failure;
use crate::output;

#[derive(Args)]
#[command(after_help = "Examples:
  keyward completions bash > /etc/bash_completion.d/keyward
  keyward completions zsh > \"${fpath[1]}/_keyward\"
  keyward completions fish > ~/.config/fish/completions/keyward.fish")]
pub(crate) struct Arguments {
    /// Shell
    #[arg(value_enum)]
    shell: Shell,
}

#[derive(Clone, Copy, ValueEnum)]
enum Shell {
    Bash,
    Zsh,
    Fish,
}

#[derive(Args)]
#[command(after_help = "Examples:
  keyward man | man -l -
  keyward man --out /usr/local/share/man/man1")]
pub(crate) struct Man {
    /// Folder to write a page for each command into; the page of keyward itself is printed when absent
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// `keyward completions`.
pub(crate) fn run(arguments: &Arguments, command: Command) -> Result<(), Failure> {
    output::bytes(&match arguments.shell {
        Shell::Bash => script(&Bash, command),
        Shell::Zsh => script(&Zsh, command),
        Shell::Fish => script(&Fish, command),
    })
}

fn script(generator: &impl Generator, mut command: Command) -> Vec<u8> {
    command.set_bin_name("keyward");
    command.build();
    let mut script = Vec::new();
    generator.generate(&command, &mut script);
    script
}

/// `keyward man`.
pub(crate) fn man(arguments: &Man, command: Command) -> Result<(), Failure> {
    match &arguments.out {
        None => {
            let mut page = Vec::new();
            clap_mangen::Man::new(command)
                .render(&mut page)
                .map_err(|error| Failure::new(format!("cannot write the page: {error}")))?;
            output::bytes(&page)
        }
        Some(folder) => clap_mangen::generate_to(command, folder)
            .map_err(|error| Failure::path("write the pages into", folder, &error)),
    }
}
