//! The body of an answer without the compression that nobody asked for.

use flate2::read::MultiGzDecoder;
use std::borrow::Cow;
use std::io::Read as _;

/// What a body stands for: gzip (RFC 1952) decoded, everything else as it is. For what is fetched as JSON, which never begins as gzip
/// does.
///
/// Some servers send gzip to whoever asks for none; some HTTP stacks decode it and others do not. With this, a key set is the same
/// for all of them. What is damaged stays as it is, which the core calls `compressed_body`; of what is longer than `most`
/// ([`Validator::body_limit`](jotgate::Validator::body_limit)) a byte more is decoded and no further one, which the core calls
/// `too_large`: a few bytes may stand for a billion.
#[must_use]
pub fn expanded(body: &[u8], most: usize) -> Cow<'_, [u8]> {
    if !body.starts_with(GZIP) {
        return Cow::Borrowed(body);
    }
    let mut decoded = Vec::new();
    let most = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    match MultiGzDecoder::new(body).take(most).read_to_end(&mut decoded) {
        Ok(_) => Cow::Owned(decoded),
        Err(_) => Cow::Borrowed(body),
    }
}

const GZIP: &[u8] = &[0x1f, 0x8b];

#[cfg(test)]
mod tests {
    use super::expanded;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use std::borrow::Cow;
    use std::io::Write as _;

    const MOST: usize = 100_000;

    fn gzip(body: &[u8]) -> Vec<u8> {
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(body).and_then(|()| packed.finish()).expect("gzip")
    }

    #[test]
    fn gzip_is_decoded_once_and_all_else_stays() {
        let set = br#"{"keys":[]}"#;
        assert_eq!(*expanded(&gzip(set), set.len()), set[..]);
        assert_eq!(*expanded(&[gzip(br#"{"keys""#), gzip(b":[]}")].concat(), MOST), set[..]);
        assert_eq!(*expanded(&gzip(&gzip(set)), MOST), gzip(set)[..]);
        for body in [&set[..], b"", b"\x1f", b"\x28\xb5\x2f\xfd"] {
            assert!(matches!(expanded(body, MOST), Cow::Borrowed(same) if same == body));
        }
    }

    #[test]
    fn what_is_no_whole_gzip_stays() {
        let packed = gzip(br#"{"keys":[]}"#);
        let mut damaged = packed.clone();
        damaged[15] ^= 0xff;
        for body in [&packed[..packed.len() - 3], &packed[..2], &damaged, &[&packed[..], b"x"].concat()] {
            assert!(matches!(expanded(body, MOST), Cow::Borrowed(same) if same == body));
        }
    }

    #[test]
    fn no_more_is_decoded_than_the_policy_takes() {
        let long = gzip(&vec![b' '; 40_000_000]);
        assert!(long.len() < 512 * 1024);
        assert_eq!(expanded(&long, MOST).len(), MOST + 1);
        assert_eq!(expanded(&gzip(&vec![b' '; MOST]), MOST).len(), MOST);
    }
}
