//! What a validator is asked.

use crate::bytes::Bytes;
use crate::request::{self, Request};
use crate::sized::{self, Growing};
use crate::status::{JOTGATE_INVALID_ARGUMENT, Status};
use jotgate_core::Timestamp;
use jotgate_edge::RequestText;
use std::ptr;

/// What is to be judged: a token, or a request with a token somewhere in it. Set all else to 0.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Question {
    /// sizeof(jotgate_question).
    pub size: usize,
    /// A token in the compact form, without the word Bearer, where `request` is NULL.
    pub token: Bytes,
    /// The request: it takes its route, its token is found where the policy looks for it, and is judged.
    pub request: *const Request,
    /// Whether `as_of_ms` is set: 1 or 0.
    pub has_as_of: u32,
    /// The time that the token is judged for, in milliseconds since the Unix epoch, where that is not the clock's: for audits
    /// and for replays of old tokens. Key sets go by the clock all the same.
    pub as_of_ms: i64,
}

// SAFETY: `repr(C)`, the size first, numbers and pointers alone; none of the pointers is followed before it is checked.
unsafe impl Growing for Question {
    const ZEROED: Self = Self { size: 0, token: Bytes::NONE, request: ptr::null(), has_as_of: 0, as_of_ms: 0 };
    const FIRST: usize = size_of::<Self>();
}

/// A question whose texts have been checked.
pub(crate) struct QuestionText<'a> {
    subject: Subject<'a>,
    as_of: Option<Timestamp>,
}

enum Subject<'a> {
    Token(&'a [u8]),
    Request(RequestText<'a>),
}

impl<'a> QuestionText<'a> {
    /// # Safety
    /// `question` must be NULL or point to a structure of the size that it says; whatever that points to must stay as it is
    /// during `'a`.
    pub(crate) unsafe fn read(question: *const Question) -> Result<Self, Status> {
        // SAFETY: the caller passes the promise on.
        let question = unsafe { sized::read(question) }?;
        let subject = if question.request.is_null() {
            // SAFETY: as above.
            Subject::Token(unsafe { question.token.as_slice() }?)
        } else if question.token.data.is_null() && question.token.len == 0 {
            // SAFETY: as above.
            Subject::Request(unsafe { request::text_of(question.request) }?)
        } else {
            return Err(JOTGATE_INVALID_ARGUMENT);
        };
        let as_of = match question.has_as_of {
            0 => None,
            1 => Some(Timestamp::from_millis(question.as_of_ms)),
            _ => return Err(JOTGATE_INVALID_ARGUMENT),
        };
        Ok(Self { subject, as_of })
    }

    /// Runs `body` on the question as the core takes it.
    pub(crate) fn with<T>(&self, body: impl FnOnce(jotgate_core::Question<'_>) -> T) -> T {
        let dated = |question: jotgate_core::Question<'_>| match self.as_of {
            Some(as_of) => body(question.as_of(as_of)),
            None => body(question),
        };
        match &self.subject {
            Subject::Token(token) => dated(jotgate_core::Question::token(token)),
            Subject::Request(request) => request.with(|request| dated(jotgate_core::Question::request(request))),
        }
    }
}
