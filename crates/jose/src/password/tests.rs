use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use proptest::prelude::*;

use super::*;
use crate::digest::b64_encode;

/// A PHC string from bytes in hexadecimal digits.
fn phc(function: &str, salt: &[u8], hash: &str) -> String {
    let bytes: Vec<u8> = (0..hash.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hash[at..at + 2], 16).unwrap())
        .collect();
    let b64 = |bytes: &[u8]| b64_encode(bytes).trim_end_matches('=').to_owned();
    format!("${function}${}${}", b64(salt), b64(&bytes))
}

#[test]
fn the_right_password_and_no_other() {
    let phc = hash("correct horse", &[5; 16]).unwrap();
    assert!(
        phc.starts_with("$argon2id$v=19$m=7168,t=5,p=1$BQUFBQUFBQUFBQUFBQUFBQ$"),
        "{phc}"
    );
    assert_eq!(verify("correct horse", &phc), Ok(true));
    assert_eq!(verify("correct horsf", &phc), Ok(false));
    assert_eq!(verify("", &phc), Ok(false));
    assert_ne!(hash("correct horse", &[6; 16]).unwrap(), phc);
    assert_eq!(is_outdated(&phc), Ok(false));
}

#[test]
fn imported_parameters_are_kept_within_limits() {
    let other = Argon2::from(Params::new(19_456, 2, 1, None).unwrap());
    let phc = other
        .hash_password_with_salt(b"imported", &[1; 16])
        .unwrap()
        .to_string();
    assert_eq!(verify("imported", &phc), Ok(true));
    assert_eq!(is_outdated(&phc), Ok(true));
    for (from, to) in [
        ("m=19456", "m=4000000"),
        ("m=19456", "m=7"),
        ("t=2", "t=5000"),
        ("t=2", "t=0"),
        ("p=1", "p=17"),
        ("v=19", "v=20"),
        ("argon2id", "argon2x"),
    ] {
        let beyond = phc.replace(from, to);
        assert_eq!(verify("imported", &beyond), Err(PasswordError::Unsupported), "{beyond}");
        assert_eq!(is_outdated(&beyond), Err(PasswordError::Unsupported), "{beyond}");
    }
    assert_eq!(verify("imported", &phc.replace("argon2id", "argon2i")), Ok(false));
}

#[test]
fn memory_that_was_used_changes_nothing() {
    let small = Argon2::from(Params::new(64, 2, 1, None).unwrap());
    let small = small.hash_password_with_salt(b"small", &[1; 16]).unwrap().to_string();
    let once = hash("correct horse", &[5; 16]).unwrap();
    let mut memory = Memory::default();
    assert_eq!(memory.hash("another", &[9; 16]).map(|_| ()), Ok(()));
    assert_eq!(memory.verify("small", &small), Ok(true));
    assert_eq!(memory.hash("correct horse", &[5; 16]).unwrap(), once);
    Argon2::default()
        .verify_password(b"correct horse", once.as_str())
        .unwrap();
}

#[test]
fn each_type_and_version_of_argon2_is_compared_by_itself() {
    for algorithm in [Algorithm::Argon2d, Algorithm::Argon2i, Algorithm::Argon2id] {
        for version in [Version::V0x10, Version::V0x13] {
            let params = Params::new(64, 2, 1, Some(48)).unwrap();
            let old = Argon2::new(algorithm, version, params);
            let phc = old.hash_password_with_salt(b"old", &[1; 16]).unwrap().to_string();
            assert_eq!(verify("old", &phc), Ok(true), "{phc}");
            assert_eq!(verify("odd", &phc), Ok(false), "{phc}");
            assert_eq!(is_outdated(&phc), Ok(true), "{phc}");
            assert_eq!(StoredHash::parse(&phc).unwrap().to_phc(), phc);
        }
    }
}

/// From `test.c` of Argon2's reference implementation; the second as its version 1.0 wrote it.
#[test]
fn argon2_vectors() {
    for phc in [
        "$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA",
        "$argon2i$m=65536,t=2,p=1$c29tZXNhbHQ$9sTbSlTio3Biev89thdrlKKiCaYsjjYVJxGAL3swxpQ",
        "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
    ] {
        assert_eq!(verify("password", phc), Ok(true), "{phc}");
        assert_eq!(verify("passwort", phc), Ok(false), "{phc}");
        assert_eq!(is_outdated(phc), Ok(true), "{phc}");
    }
}

/// RFC 6070 §2, without the vector of 16 million rounds, which are more than may be asked for.
#[test]
fn pbkdf2_sha1_vectors() {
    let long = ("passwordPASSWORDpassword", "saltSALTsaltSALTsaltSALTsaltSALTsalt");
    for ((password, salt), rounds, hash) in [
        (("password", "salt"), 1, "0c60c80f961f0e71f3a9b524af6012062fe037a6"),
        (("password", "salt"), 2, "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957"),
        (("password", "salt"), 4096, "4b007901b765489abead49d926f721d065a429c1"),
        (long, 4096, "3d2eec4fe41c849b80c8d83662c0e44a8b291a964cf2f07038"),
        (("pass\0word", "sa\0lt"), 4096, "56fa6aa75548099dcc37d7f03425e0c3"),
    ] {
        let phc = phc(&format!("pbkdf2$i={rounds}"), salt.as_bytes(), hash);
        assert_eq!(verify(password, &phc), Ok(true), "{phc}");
        assert_eq!(verify("passwort", &phc), Ok(false), "{phc}");
        assert_eq!(is_outdated(&phc), Ok(true), "{phc}");
    }
    let endless = phc("pbkdf2$i=16777216", b"salt", "eefe3d61cd4da4e4e9945b3d6ba2158c2634e984");
    assert_eq!(verify("password", &endless), Err(PasswordError::Unsupported));
}

/// RFC 7914 §11
#[test]
fn pbkdf2_sha256_vectors() {
    for (password, salt, rounds, hash) in [
        (
            "passwd",
            "salt",
            1,
            "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc\
             49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783",
        ),
        (
            "Password",
            "NaCl",
            80_000,
            "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56\
             a1d425a1225833549adb841b51c9b3176a272bdebba1d078478f62b397f33c8d",
        ),
    ] {
        let phc = phc(&format!("pbkdf2-sha256$i={rounds},l=64"), salt.as_bytes(), hash);
        assert_eq!(verify(password, &phc), Ok(true), "{phc}");
        assert_eq!(verify("passwort", &phc), Ok(false), "{phc}");
    }
}

/// The vectors that libraries publish beside those of RFC 6070, and a key longer than the digest.
#[test]
fn pbkdf2_sha512_vectors() {
    for (rounds, hash) in [
        (
            1,
            "867f70cf1ade02cff3752599a3a53dc4af34c7a669815ae5d513554e1c8cf252\
             c02d470a285a0501bad999bfe943c08f050235d7d68b1da55e63f73b60a57fce",
        ),
        (
            4096,
            "d197b1b33db0143e018b12f3d1d1479e6cdebdcc97c5c0f87f6902e072f457b5\
             143f30602641b3d55cd335988cb36b84376060ecd532e039b742a239434af2d5",
        ),
        (
            1000,
            "afe6c5530785b6cc6b1c6453384731bd5ee432ee549fd42fb6695779ad8a1c5b\
             f59de69c48f774efc4007d5298f9033c0241d5ab69305e7b64eceeb8d834cfec\
             6afdec3c1c23982a121f2d4be008889378a49a0dfb104f0d2856e38f44271cda\
             f6de434196647bc5673cd6c148611ced6e9003b65879feccc89226ecc5e22090",
        ),
    ] {
        let phc = phc(&format!("pbkdf2-sha512$i={rounds}"), b"salt", hash);
        assert_eq!(verify("password", &phc), Ok(true), "{phc}");
        assert_eq!(verify("passwort", &phc), Ok(false), "{phc}");
    }
}

#[test]
fn pbkdf2_without_a_salt() {
    let phc = "$pbkdf2-sha256$i=1000,l=32$$JpOWgdGZlaLO+3uQ0T4TQ/CbMPCrvQdBaiO5vDxbNTY";
    assert_eq!(verify("password", phc), Ok(true));
    assert_eq!(verify("passwort", phc), Ok(false));
    assert_eq!(StoredHash::parse(phc).unwrap().to_phc(), phc);
    let argon2 = "$argon2id$v=19$m=64,t=2,p=1$$JpOWgdGZlaLO+3uQ0T4TQ/CbMPCrvQdBaiO5vDxbNTY";
    assert_eq!(verify("password", argon2), Err(PasswordError::Unsupported));
}

/// Keycloak pads short passwords with NUL where FIPS asks for 14 bytes. HMAC does that itself, so such a hash is the
/// one of the password. RFC 2104 §2
#[test]
fn keycloaks_padding_is_what_hmac_does() {
    for function in ["pbkdf2", "pbkdf2-sha256", "pbkdf2-sha512"] {
        let kdf = StoredHash::parse(&format!("${function}$i=10$c2FsdA$AAAAAAAAAAAAAAAAAAAAAA"))
            .unwrap()
            .kdf();
        let Kdf::Pbkdf2(params) = kdf else { panic!("{function}") };
        let digest = match params.digest {
            Pbkdf2Digest::Sha1 => aws_lc_rs::pbkdf2::PBKDF2_HMAC_SHA1,
            Pbkdf2Digest::Sha256 => aws_lc_rs::pbkdf2::PBKDF2_HMAC_SHA256,
            Pbkdf2Digest::Sha512 => aws_lc_rs::pbkdf2::PBKDF2_HMAC_SHA512,
        };
        let mut padded = vec![0; 32];
        let rounds = 10.try_into().unwrap();
        aws_lc_rs::pbkdf2::derive(
            digest,
            rounds,
            b"0123456789abcdef",
            b"short\0\0\0\0\0\0\0\0\0",
            &mut padded,
        );
        let stored = StoredHash::new(kdf, b"0123456789abcdef".to_vec(), padded).unwrap();
        assert_eq!(verify("short", &stored.to_phc()), Ok(true), "{function}");
    }
}

#[test]
fn rounds_and_lengths_are_bounded() {
    let hash = "A".repeat(22);
    for (phc, error) in [
        (format!("$pbkdf2$i=0$c2FsdA${hash}"), PasswordError::Unsupported),
        (format!("$pbkdf2$i=2000001$c2FsdA${hash}"), PasswordError::Unsupported),
        (format!("$pbkdf2$i=4294967296$c2FsdA${hash}"), PasswordError::Malformed),
        (
            format!("$pbkdf2$i=1$c2FsdA${}", "A".repeat(12)),
            PasswordError::Unsupported,
        ),
        (
            format!("$pbkdf2$i=1$c2FsdA${}", "A".repeat(172)),
            PasswordError::Unsupported,
        ),
        (
            format!("$pbkdf2$i=1${}${hash}", "A".repeat(87)),
            PasswordError::Unsupported,
        ),
        (
            format!("$pbkdf2$i=1$c2FsdA${}", "A".repeat(600)),
            PasswordError::Malformed,
        ),
        (
            "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW".to_owned(),
            PasswordError::Unsupported,
        ),
    ] {
        assert_eq!(verify("x", &phc), Err(error), "{phc}");
    }
}

#[test]
fn what_is_no_hash_is_malformed() {
    for phc in [
        "",
        "plain",
        "$argon2id$v=19$m=8,t=1,p=1",
        "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ",
        "$argon2id$v=19$m=8,t=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=19$m=8,t=1,p=1,x=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=19$m=8,p=1,t=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=19$m=+8,t=1,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA$",
        "$pbkdf2$v=1$i=1$c2FsdA$AAAAAAAAAAAAAAAAAAAAAA",
        "$pbkdf2$i=1,l=20$c2FsdA$AAAAAAAAAAAAAAAAAAAAAA",
        "$pbkdf2$i=1,l=16,x=1$c2FsdA$AAAAAAAAAAAAAAAAAAAAAA",
        "$pbkdf2$i=$c2FsdA$AAAAAAAAAAAAAAAAAAAAAA",
        "$pbkdf2$1$c2FsdA$AAAAAAAAAAAAAAAAAAAAAA",
        "$pbkdf2$i=1$c2FsdA==$AAAAAAAAAAAAAAAAAAAAAA",
        "$pbkdf2$i=1$c2FsdA$AAAAAAAAAAAAAAAAAAAAAB",
        "$pbkdf2$i=1$c2Fs_A$AAAAAAAAAAAAAAAAAAAAAA",
        "pbkdf2$i=1$c2FsdA$AAAAAAAAAAAAAAAAAAAAAA",
    ] {
        assert_eq!(verify("x", phc), Err(PasswordError::Malformed), "{phc}");
    }
}

#[test]
fn debug_shows_neither_salt_nor_hash() {
    let stored = StoredHash::parse("$pbkdf2$i=1$c2FsdA$AAAAAAAAAAAAAAAAAAAAAA").unwrap();
    assert_eq!(
        format!("{stored:?}"),
        "StoredHash { kdf: Pbkdf2(Pbkdf2Params { digest: Sha1, iterations: 1 }), .. }"
    );
}

proptest! {
    #[test]
    fn parse_never_panics(text in any::<String>()) {
        let _ = StoredHash::parse(&text);
        let _ = StoredHash::parse(&format!("$argon2id${text}"));
        let _ = StoredHash::parse(&format!("$pbkdf2$i=1,{text}"));
    }

    #[test]
    fn what_is_written_is_read(
        salt in proptest::collection::vec(any::<u8>(), 8..=64),
        hash in proptest::collection::vec(any::<u8>(), 10..=128),
        iterations in 1..=2_000_000_u32,
    ) {
        let pbkdf2 = Kdf::Pbkdf2(Pbkdf2Params { digest: Pbkdf2Digest::Sha512, iterations });
        let argon2 = Kdf::Argon2(Argon2Params {
            kind: Argon2Type::D,
            version: Argon2Version::V10,
            memory_kib: 64 + iterations % 64,
            passes: 1 + iterations % 16,
            lanes: 1 + iterations % 8,
        });
        for kdf in [pbkdf2, argon2] {
            let stored = StoredHash::new(kdf, salt.clone(), hash.clone()).unwrap();
            prop_assert_eq!(StoredHash::parse(&stored.to_phc()).unwrap(), stored);
        }
    }
}
