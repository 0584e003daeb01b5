//! The function behind `io.jotgate.Native` that judges many tokens in one call.

use crate::calls::{guarded, object};
use crate::record;
use jni::EnvUnowned;
use jni::objects::{JByteArray, JClass};
use jni::sys::{jint, jlong};
use jotgate::{Question, Timestamp, Validator};
use jotgate_edge::Packed;

/// `byte[] validateMany(long handle, byte[] tokens, int threads, long asOf, long now)`: the verdict records on many tokens as a
/// list, in their order, each with its length in four bytes in front. `tokens` is a list of texts, and `threads` the most threads
/// to use, the calling one among them. Whether there is work is the same in all records; all else is as for `validate`.
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_validateMany<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>, handle: jlong, tokens: JByteArray<'local>, threads: jint,
    as_of: jlong, now: jlong,
) -> JByteArray<'local> {
    guarded(&mut env, JByteArray::null(), |env| {
        let Some(validator) = object::<Validator>(handle) else { return Ok(JByteArray::null()) };
        let tokens = env.convert_byte_array(&tokens)?;
        let Some(questions) = questions(&tokens, Timestamp::from_millis(as_of)) else { return Ok(JByteArray::null()) };
        let now = Timestamp::from_millis(now);
        // The threads that help have ended when this returns, and none of them knows of the virtual machine.
        let threads = usize::try_from(threads).unwrap_or(ONE);
        let verdicts = jotgate_host::validate_many(validator, &questions, now, threads);
        record::all_given(env, verdicts, validator.work_due(now))
    })
}

/// A question for each token; `None` where the list breaks off.
fn questions(tokens: &[u8], as_of: Timestamp) -> Option<Vec<Question<'_>>> {
    let mut texts = Packed::new(tokens);
    let mut questions = Vec::new();
    while !texts.is_empty() {
        questions.push(Question::token(texts.text()?).as_of(as_of));
    }
    Some(questions)
}

const ONE: usize = 1;

#[cfg(test)]
mod tests {
    use super::questions;
    use jotgate::Timestamp;

    #[test]
    fn a_list_that_breaks_off_is_no_list() {
        let count = |tokens: &[u8]| questions(tokens, Timestamp::from_millis(0)).map(|questions| questions.len());
        assert_eq!(count(b""), Some(0));
        assert_eq!(count(b"\0\0\0\0\0\0\0\x01a"), Some(2));
        for broken in [&b"\0\0\0\x01"[..], b"\0\0\0\x01a\0", b"\0\0\0\x01a\0\0\0\x02b", b"\xff\xff\xff\xffa"] {
            assert_eq!(count(broken), None);
        }
    }
}
