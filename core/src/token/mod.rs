//! A compact JWS (RFC 7515 section 3.1) split, decoded and read, but not verified.

mod base64url;
mod header;
mod headers;
mod payload;

use crate::codes::Code;
use crate::json::{self, Table};
use crate::limits;
use crate::rejection::Rejection;
use base64url::decoded_len;
pub(crate) use base64url::{Decoder, decode};
pub(crate) use header::Header;
pub(crate) use headers::Headers;
use headers::KnownHeader;
pub(crate) use payload::{Payload, Rewritten};
use smallvec::{SmallVec, smallvec};

/// What the policy says about the size of tokens.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TokenLimits {
    pub(crate) token_bytes: usize,
    pub(crate) json_depth: usize,
}

impl Default for TokenLimits {
    fn default() -> Self {
        Self { token_bytes: limits::TOKEN_BYTES, json_depth: limits::JSON_DEPTH }
    }
}

/// The three decoded parts of a token.
///
/// Nothing in it is believed yet. It is private to the core, so no host can read claims from it.
pub(crate) struct Token<'t> {
    /// `header.payload` as received: what the signature covers.
    pub(crate) signing_input: &'t [u8],
    pub(crate) signature: SmallVec<[u8; USUAL_SIGNATURE]>,
    /// Header and payload, decoded, one after the other.
    text: Box<str>,
    header_len: usize,
    /// The segment of the header, and what is known of it from before.
    raw_header: &'t [u8],
    known: Option<KnownHeader>,
}

impl<'t> Token<'t> {
    /// Takes the token apart. Costs time and memory in proportion to its length, which is bounded. A header that is among those
    /// that were read before is not read again.
    pub(crate) fn decode(
        token: &'t [u8], limits: TokenLimits, decoder: &Decoder, headers: &Headers,
    ) -> Result<Self, Rejection> {
        if token.len() > limits.token_bytes {
            return Err(Rejection::new(Code::TokenTooLarge, "the token is longer than limits.token_bytes"));
        }
        let Segments { header, payload, signature, signing_input } = Segments::split(token)?;
        let not_base64url = |_| malformed("the segments must be base64url without padding");
        let known = headers.find(header);
        let known_text = known.as_ref().and_then(KnownHeader::text);
        let header_len = known_text.map_or_else(|| decoded_len(header), str::len);
        // Exactly as long as the text will be, so that it is never moved.
        let len = header_len.saturating_add(decoded_len(payload));
        let mut bytes = Vec::with_capacity(len);
        bytes.extend_from_slice(known_text.unwrap_or_default().as_bytes());
        bytes.resize(len, 0);
        let (header_bytes, payload_bytes) = bytes.split_at_mut(header_len);
        if known_text.is_none() {
            decoder.decode_into(header, header_bytes).map_err(not_base64url)?;
        }
        decoder.decode_into(payload, payload_bytes).map_err(not_base64url)?;
        let mut signature_bytes = smallvec![0; decoded_len(signature)];
        decoder.decode_into(signature, &mut signature_bytes).map_err(not_base64url)?;

        // Checking the two parts as one would let a character begin in the header and end in the payload.
        let text = String::from_utf8(bytes).map_err(|_| malformed("header and payload must be UTF-8"))?;
        if !text.is_char_boundary(header_len) {
            return Err(malformed("header and payload must be UTF-8"));
        }
        let (text, signature) = (text.into_boxed_str(), signature_bytes);
        Ok(Self { signing_input, signature, text, header_len, raw_header: header, known })
    }

    /// The JSON text of the header.
    pub(crate) fn header_text(&self) -> &str {
        self.text.get(..self.header_len).unwrap_or_default()
    }

    pub(crate) fn header(&self, limits: TokenLimits) -> Result<Header<'_>, Rejection> {
        let header = match self.known.as_ref().and_then(KnownHeader::header) {
            Some(header) => header,
            None => {
                let text = self.header_text();
                let table = json::table(text, limits.json_depth);
                Header::read(text, &table.map_err(|_| malformed("the header must be a strict JSON object"))?)?
            }
        };
        if self.signature.is_empty() && header.names_signed_algorithm() {
            return Err(malformed("the signature is empty"));
        }
        Ok(header)
    }

    /// Keeps the header, which this token has brought, for those that follow.
    pub(crate) fn keep_header(&self, header: &Header<'_>, headers: &Headers) {
        if self.known.is_none() {
            headers.keep(self.raw_header, self.header_text(), header);
        }
    }

    /// The JSON text of the payload.
    pub(crate) fn payload_text(&self) -> &str {
        self.text.get(self.header_len..).unwrap_or_default()
    }

    /// Where the claims stand in the text of the payload: the one time that it is read.
    pub(crate) fn read_payload(&self, limits: TokenLimits) -> Result<Table, Rejection> {
        Payload::read(self.payload_text(), limits.json_depth)
    }

    /// Header and payload as one text, and where the payload begins.
    pub(crate) fn into_text(self) -> (Box<str>, usize) {
        (self.text, self.header_len)
    }
}

struct Segments<'t> {
    header: &'t [u8],
    payload: &'t [u8],
    signature: &'t [u8],
    signing_input: &'t [u8],
}

impl<'t> Segments<'t> {
    /// Looks at no more than five segments, and allocates for none of them.
    fn split(token: &'t [u8]) -> Result<Self, Rejection> {
        let mut dots = memchr::memchr_iter(b'.', token);
        let mut three_parts = || {
            let (first, second) = (dots.next()?, dots.next()?);
            let (signing_input, signature) = (token.get(..second)?, token.get(second.saturating_add(1)..)?);
            let (header, payload) = (token.get(..first)?, signing_input.get(first.saturating_add(1)..)?);
            Some(Self { header, payload, signature, signing_input })
        };
        let segments = three_parts().ok_or_else(|| malformed("a token has three segments"))?;
        match dots.take(3).count() {
            0 => Ok(segments),
            2 => Err(Rejection::new(Code::UnsupportedToken, "five segments: encrypted tokens are not supported")),
            _ => Err(malformed("a token has three segments")),
        }
    }
}

fn malformed(detail: &'static str) -> Rejection {
    Rejection::new(Code::MalformedToken, detail)
}

/// The bytes of a signature by an RSA key of 2048 bits. Longer ones take memory of their own.
const USUAL_SIGNATURE: usize = 256;

#[cfg(test)]
mod tests {
    use super::{Decoder, Headers, Token, TokenLimits};
    use crate::codes::Code;

    fn rejected(token: &str) -> Option<Code> {
        Token::decode(token.as_bytes(), TokenLimits::default(), &Decoder::new(), &Headers::default())
            .err()
            .map(|rejection| rejection.code)
    }

    #[test]
    fn counts_segments() {
        assert_eq!(rejected("e30.e30."), None);
        assert_eq!(rejected("e30.e30.AA.AA.AA"), Some(Code::UnsupportedToken));
        for token in ["", ".", "e30", "e30.e30", "e30.e30.AA.AA", "a.b.c.d.e.f", &".".repeat(9000)] {
            assert_eq!(rejected(token), Some(Code::MalformedToken), "{token:.20}");
        }
    }

    #[test]
    fn bounds_the_length_first() {
        assert_eq!(rejected(&"!".repeat(16 * 1024 + 1)), Some(Code::TokenTooLarge));
        assert_eq!(rejected(&"!".repeat(16 * 1024)), Some(Code::MalformedToken));
    }

    #[test]
    fn no_character_spans_header_and_payload() {
        // 0xc3 ends the header, 0xa9 begins the payload: together they would be an e with acute.
        assert_eq!(rejected("ww.qQ."), Some(Code::MalformedToken));
    }
}
