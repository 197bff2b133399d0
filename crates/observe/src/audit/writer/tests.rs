use std::io::{self, Write};

use keyward_domain::event::What;

use super::{Losses, Reader as _, Writer};
use crate::sample::{event, failure, success};

/// A disk with room for some bytes.
struct Disk {
    content: Vec<u8>,
    room: usize,
}

impl Write for Disk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let fits = bytes.len().min(self.room);
        if fits == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.content.extend_from_slice(&bytes[..fits]);
        self.room -= fits;
        Ok(fits)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn written(batch: &[keyward_domain::event::Event]) -> String {
    let mut writer = Writer::new(Vec::new(), Losses::default());
    writer.read(batch);
    String::from_utf8(writer.to).unwrap()
}

#[test]
fn a_line_is_one_event() {
    let mut started = event("", What::KeyRemoved { kid: "k1".to_owned() });
    (started.realm, started.request_id, started.address) = (None, None, None);
    assert_eq!(
        written(&[success("jti-1"), failure("backend-service"), started]),
        concat!(
            r#"{"id":"01890a5d-ac96-774b-bcce-b302099a8057","at":1700000000123,"realm":"demo","request_id":"req-1","#,
            r#""address":"192.0.2.7","event":"access_token_issued","client":"backend-service","#,
            r#""grant_type":"client_credentials","jti":"jti-1","scope":"orders:read"}"#,
            "\n",
            r#"{"id":"01890a5d-ac96-774b-bcce-b302099a8057","at":1700000000123,"realm":"demo","request_id":"req-1","#,
            r#""address":"192.0.2.7","event":"client_authentication_failed","client":"backend-service","#,
            r#""reason":"wrong secret"}"#,
            "\n",
            r#"{"id":"01890a5d-ac96-774b-bcce-b302099a8057","at":1700000000123,"realm":null,"request_id":null,"#,
            r#""address":null,"event":"key_removed","kid":"k1"}"#,
            "\n",
        )
    );
}

#[test]
fn a_line_break_in_a_value_does_not_make_a_second_line() {
    assert_eq!(written(&[failure("a\r\nb\u{2028}")]).lines().count(), 1);
}

#[test]
fn a_batch_larger_than_a_chunk_is_written_whole() {
    let batch = vec![success(&"j".repeat(200)); 1000];
    let text = written(&batch);
    assert!(text.len() > 2 * super::CHUNK);
    assert_eq!(
        text.lines()
            .filter(|line| serde_json::from_str::<serde_json::Value>(line).is_ok())
            .count(),
        1000
    );
}

#[test]
fn a_full_disk_is_counted_and_breaks_one_line_only() {
    let losses = Losses::default();
    let line = written(&[success("a")]).len();
    let mut writer = Writer::new(
        Disk {
            content: Vec::new(),
            room: line + 10,
        },
        losses.clone(),
    );
    writer.read(&[success("a"), success("b"), success("c")]);
    assert_eq!(losses.unwritten(), 2);
    writer.read(&[success("d")]);
    assert_eq!(losses.unwritten(), 3);
    writer.to.room = 10_000;
    writer.read(&[success("e")]);
    assert_eq!(losses.unwritten(), 3);
    let text = String::from_utf8(writer.to.content).unwrap();
    let whole: Vec<_> = text
        .split_inclusive('\n')
        .filter(|line| line.ends_with("}\n"))
        .collect();
    assert_eq!(whole.concat(), written(&[success("a"), success("e")]));
    assert_eq!(text.lines().count(), 3);
}

#[test]
fn a_file_is_appended_to_and_private() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.jsonl");
    for jti in ["a", "b"] {
        Writer::file(&path, Losses::default()).unwrap().read(&[success(jti)]);
    }
    assert_eq!(
        std::fs::read_to_string(&path).unwrap(),
        written(&[success("a"), success("b")])
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
