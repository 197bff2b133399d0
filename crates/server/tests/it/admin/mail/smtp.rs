//! A mail server on this machine (RFC 5321): it takes what it is given, keeps it, and can be told to refuse.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// The password of `mailer`.
pub(super) const PASSWORD: &str = "the mail servers own";

/// A server. It stops when dropped.
pub(super) struct Smtp {
    port: u16,
    kept: Arc<Kept>,
    _task: Task,
}

struct Task(tokio::task::JoinHandle<()>);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[derive(Default)]
struct Kept {
    mails: Mutex<Vec<Mail>>,
    lines: Mutex<Vec<String>>,
    refuses: AtomicBool,
}

/// A mail that came.
#[derive(Clone, Debug, Default)]
pub(super) struct Mail {
    pub(super) from: String,
    pub(super) to: String,
    headers: String,
    /// The body as a person reads it.
    pub(super) text: String,
}

impl Smtp {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let kept = Arc::<Kept>::default();
        let serving = Arc::clone(&kept);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let kept = Arc::clone(&serving);
                tokio::spawn(async move {
                    serve(stream, &kept).await;
                });
            }
        });
        Self {
            port,
            kept,
            _task: Task(task),
        }
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// Takes no mail any more.
    pub(super) fn refuse(&self) {
        self.kept.refuses.store(true, Ordering::Relaxed);
    }

    pub(super) fn mails(&self) -> Vec<Mail> {
        self.kept.mails.lock().unwrap().clone()
    }

    pub(super) fn last(&self) -> Mail {
        self.mails()
            .pop()
            .unwrap_or_else(|| panic!("no mail came: {}", self.seen()))
    }

    /// Everything that clients said, mails aside.
    pub(super) fn seen(&self) -> String {
        self.kept.lines.lock().unwrap().join("\n")
    }
}

impl Mail {
    /// A header, decoded (RFC 2047).
    pub(super) fn header(&self, name: &str) -> Option<String> {
        let unfolded = self.headers.replace("\r\n ", " ");
        let line = unfolded
            .lines()
            .find_map(|line| line.strip_prefix(&format!("{name}: ")))?;
        Some(decode_words(line).replace('"', ""))
    }
}

/// Serves one client until it goes.
async fn serve(stream: TcpStream, kept: &Kept) -> Option<()> {
    let mut stream = BufReader::new(stream);
    let mut mail = Mail::default();
    say(&mut stream, "220 localhost ready").await?;
    loop {
        let line = read(&mut stream).await?;
        kept.lines.lock().unwrap().push(line.clone());
        let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        match verb.as_str() {
            "EHLO" => {
                say(
                    &mut stream,
                    "250-localhost\r\n250-8BITMIME\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN",
                )
                .await?;
            }
            // A certificate that nobody knows would come now; nothing at all is no better.
            "STARTTLS" => {
                say(&mut stream, "220 go on").await?;
                return say(&mut stream, "no TLS").await;
            }
            "AUTH" => {
                let sent = line.split(' ').nth(2).and_then(base64).unwrap_or_default();
                let good = sent == format!("\0mailer\0{PASSWORD}").into_bytes();
                say(&mut stream, if good { "235 welcome" } else { "535 no" }).await?;
            }
            "MAIL" if kept.refuses.load(Ordering::Relaxed) => {
                say(&mut stream, "550 5.7.1 mailer may not, its password is wrong").await?;
            }
            "MAIL" => {
                mail.from = between(&line);
                say(&mut stream, "250 ok").await?;
            }
            "RCPT" => {
                mail.to = between(&line);
                say(&mut stream, "250 ok").await?;
            }
            "DATA" => {
                say(&mut stream, "354 go on").await?;
                let (headers, body) = data(&mut stream).await?;
                mail.text = decode_body(&headers, &body);
                mail.headers = headers;
                kept.mails.lock().unwrap().push(std::mem::take(&mut mail));
                say(&mut stream, "250 kept").await?;
            }
            "QUIT" => return say(&mut stream, "221 bye").await,
            _ => say(&mut stream, "250 ok").await?,
        }
    }
}

async fn say(stream: &mut BufReader<TcpStream>, text: &str) -> Option<()> {
    stream.write_all(format!("{text}\r\n").as_bytes()).await.ok()
}

async fn read(stream: &mut BufReader<TcpStream>) -> Option<String> {
    let mut line = String::new();
    let count = stream.read_line(&mut line).await.ok()?;
    (count > 0).then(|| line.trim_end().to_owned())
}

/// Headers and body, up to the lonely dot (RFC 5321 §4.5.2).
async fn data(stream: &mut BufReader<TcpStream>) -> Option<(String, String)> {
    let mut all = String::new();
    loop {
        let line = read(stream).await?;
        if line == "." {
            let (headers, body) = all.split_once("\r\n\r\n")?;
            return Some((headers.to_owned(), body.to_owned()));
        }
        all.push_str(line.strip_prefix('.').unwrap_or(&line));
        all.push_str("\r\n");
    }
}

fn between(line: &str) -> String {
    let inner = line.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inner.map(|(inner, _)| inner.to_owned()).unwrap_or_default()
}

/// RFC 2045 §6: as it is, quoted-printable or base64.
fn decode_body(headers: &str, body: &str) -> String {
    let headers = headers.to_ascii_lowercase();
    if headers.contains("content-transfer-encoding: base64") {
        let text: String = body.split_whitespace().collect();
        String::from_utf8(base64(&text).unwrap()).unwrap()
    } else if headers.contains("content-transfer-encoding: quoted-printable") {
        quoted_printable(&body.replace("=\r\n", ""), false)
    } else {
        body.to_owned()
    }
}

/// `=?utf-8?b?…?=` and `=?utf-8?q?…?=`, with what stands between two of them left out.
fn decode_words(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("=?utf-8?") {
        if !before.trim().is_empty() || out.is_empty() {
            out.push_str(before);
        }
        let (kind, after) = after.split_once('?').unwrap();
        let (word, after) = after.split_once("?=").unwrap();
        match kind {
            "b" | "B" => out.push_str(&String::from_utf8(base64(word).unwrap()).unwrap()),
            _ => out.push_str(&quoted_printable(word, true)),
        }
        rest = after;
    }
    out + rest
}

fn quoted_printable(text: &str, in_word: bool) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'=' => {
                let pair = [rest.next().unwrap(), rest.next().unwrap()];
                bytes.push(u8::from_str_radix(std::str::from_utf8(&pair).unwrap(), 16).unwrap());
            }
            b'_' if in_word => bytes.push(b' '),
            other => bytes.push(other),
        }
    }
    String::from_utf8(bytes).unwrap()
}

/// RFC 4648 §4.
fn base64(text: &str) -> Option<Vec<u8>> {
    const SIGNS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut out, mut held, mut bits) = (Vec::new(), 0_u32, 0);
    for byte in text.bytes().filter(|byte| *byte != b'=') {
        held = held << 6 | u32::try_from(SIGNS.iter().position(|sign| *sign == byte)?).unwrap();
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push(u8::try_from(held >> bits & 0xff).unwrap());
        }
    }
    Some(out)
}
