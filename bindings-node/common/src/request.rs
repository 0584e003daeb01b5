//! Requests as one text.

use jotgate::Request;

/// Why a text is no request: a mistake in the TypeScript half, which refuses the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoRequest(&'static str);

impl NoRequest {
    /// What is wrong with it.
    #[must_use]
    pub fn message(self) -> &'static str {
        self.0
    }
}

/// What `ask` answers about the request of which these are method, path, query, name, value, name, value, … joined by NUL, so many
/// in all.
///
/// One text costs one crossing where an array of forty would cost eighty. `joined` in `ts/request.ts` sees to it that no part
/// contains a NUL; should one do, the number of parts is wrong.
///
/// # Errors
///
/// It is no request.
pub fn with_request<Answer>(
    parts: &[u8], count: u32, ask: impl FnOnce(&Request<'_>) -> Answer,
) -> Result<Answer, NoRequest> {
    let mut parts = str::from_utf8(parts).map_err(|_| NoRequest("a request is not text"))?.split('\0');
    let (Some(method), Some(path), Some(query)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(NoRequest("a request needs method, path and query"));
    };
    let mut headers = Vec::new();
    while let Some(name) = parts.next() {
        headers.push((name, parts.next().ok_or(NoRequest("a header field has no value"))?));
    }
    if usize::try_from(count).ok() != headers.len().checked_mul(2).and_then(|fields| fields.checked_add(3)) {
        return Err(NoRequest("a part of the request contains a NUL"));
    }
    Ok(ask(&Request::new(method, path).with_query(query).with_headers(&headers)))
}

#[cfg(test)]
mod tests {
    use super::with_request;

    #[test]
    fn parts_are_told_apart_by_nul() {
        let seen = with_request(b"GET\0/\0a=1\0Cookie\0b", 5, |request| {
            (request.method == "GET" && request.path == "/", request.headers.to_vec() == [("Cookie", "b")])
        });
        assert_eq!(seen, Ok((true, true)));
    }

    #[test]
    fn what_is_no_request_is_refused() {
        for (parts, count) in [(&b"GET\0/\0\0a"[..], 4), (b"GET\0/\0\0a\0b", 3), (b"GET\0/", 3), (b"GET\0/\0\xff", 3)] {
            assert!(with_request(parts, count, |_| ()).is_err());
        }
    }
}
