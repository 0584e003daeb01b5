//! The functions behind `io.jotgate.Native` that make a validator and ask it.

use crate::calls::{bytes_or_none, guarded, handed_out, object, on_validator, take_back};
use crate::flat::Flat;
use crate::record;
use jni::objects::{JByteArray, JClass, JLongArray};
use jni::sys::{jint, jlong};
use jni::{Env, EnvUnowned};
use jotgate::{Explanation, HostAnswer, Question, Requirement, Timestamp, Undecided, Validator};
use jotgate_edge::{Options, RequestText};

/// `byte[] open(byte[] policy, long seed, boolean clientLookup, boolean revocationCheck, boolean store, long[] handle)`: puts
/// the validator's address into `handle` and gives `null`, or gives a flat list of path, message and hint of what is wrong.
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_open<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>, policy: JByteArray<'local>, seed: jlong, client_lookup: bool,
    revocation_check: bool, store: bool, handle: JLongArray<'local>,
) -> JByteArray<'local> {
    guarded(&mut env, JByteArray::null(), |env| {
        let policy = env.convert_byte_array(&policy)?;
        let options = Options { seed: seed.cast_unsigned(), client_lookup, revocation_check, store };
        handed_out(env, jotgate_edge::open(&policy, options), &handle)
    })
}

/// `byte[] replace(long handle, byte[] policy, long now, long[] next)`: puts the address of the validator of another policy, in the
/// place of this one, into `next`, and gives what `open` gives.
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_replace<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>, handle: jlong, policy: JByteArray<'local>, now: jlong,
    next: JLongArray<'local>,
) -> JByteArray<'local> {
    guarded(&mut env, JByteArray::null(), |env| {
        let Some(before) = object::<Validator>(handle) else { return Ok(JByteArray::null()) };
        let policy = env.convert_byte_array(&policy)?;
        handed_out(env, jotgate_edge::open_after(before, &policy, Timestamp::from_millis(now)), &next)
    })
}

/// `void close(long handle)`
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_close<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>, handle: jlong,
) {
    guarded(&mut env, (), |_| {
        drop(take_back::<Validator>(handle));
        Ok(())
    });
}

/// `byte[] validate(long handle, byte[] token, byte[] request, long asOf, long now)`: a verdict record on the token, or on the
/// request where the token is null, for the time `asOf`, with the keys of the time `now`. `request` is a list of texts:
/// method, path, query, then name, value, name, value, … of the header fields.
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_validate<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>, handle: jlong, token: JByteArray<'local>,
    request: JByteArray<'local>, as_of: jlong, now: jlong,
) -> JByteArray<'local> {
    guarded(&mut env, JByteArray::null(), |env| {
        let Some(validator) = object::<Validator>(handle) else { return Ok(JByteArray::null()) };
        let now = Timestamp::from_millis(now);
        match asked(env, [&token, &request], as_of, |question| validator.validate(question, now))? {
            Some(verdict) => record::given(env, verdict, validator.work_due(now)),
            None => Ok(JByteArray::null()),
        }
    })
}

/// `byte[] undecidedTexts(long undecided)`: of a token that is not decided on, the length of the header, the length of the payload
/// and the count of the claims in four bytes each, header, payload and the table of the claims.
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_undecidedTexts<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>, undecided: jlong,
) -> JByteArray<'local> {
    guarded(&mut env, JByteArray::null(), |env| {
        let Some(undecided) = object::<Undecided>(undecided) else { return Ok(JByteArray::null()) };
        env.byte_array_from_slice(&record::texts(undecided))
    })
}

/// `byte[] answerQuestion(long undecided, int answer)`: the verdict record that the host's answer, a number of the edge, leads
/// to. The handle is used up, whatever comes of it.
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_answerQuestion<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>, undecided: jlong, answer: jint,
) -> JByteArray<'local> {
    guarded(&mut env, JByteArray::null(), |env| match take_back::<Undecided>(undecided) {
        Some(undecided) => {
            // A number below 0 is none either, and counts as a failed look-up.
            let answer = HostAnswer::from_number(answer.cast_unsigned());
            record::given(env, undecided.answer(answer), false)
        }
        None => Ok(JByteArray::null()),
    })
}

/// `void giveUp(long undecided)`: frees a token that nobody answers.
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_giveUp<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>, undecided: jlong,
) {
    guarded(&mut env, (), |_| {
        drop(take_back::<Undecided>(undecided));
        Ok(())
    });
}

/// `byte[] explain(long handle, byte[] token, byte[] request, long asOf, long now)`: a flat list of the explanation as a value,
/// as JSON, as text and as coloured text, of what `validate` takes.
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_explain<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>, handle: jlong, token: JByteArray<'local>,
    request: JByteArray<'local>, as_of: jlong, now: jlong,
) -> JByteArray<'local> {
    on_validator(&mut env, handle, |env, validator| {
        let now = Timestamp::from_millis(now);
        let explanation = asked(env, [&token, &request], as_of, |question| validator.explain(question, now))?;
        Ok(explanation.as_ref().and_then(explained))
    })
}

/// `byte[] reads(long handle)`: a flat map of the parts of requests that the policy reads: `headers`, a list of names in lower
/// case or null for all fields, and `query`, whether the query is read.
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_reads<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>, handle: jlong,
) -> JByteArray<'local> {
    on_validator(&mut env, handle, |_, validator| {
        let mut flat = Flat::default();
        let told = serde_json::to_string(&validator.reads()).ok().and_then(|told| flat.json(&told));
        Ok(told.map(|()| flat.into_bytes()))
    })
}

/// `boolean forwards(long handle)`: whether the policy changes requests that go on.
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_forwards<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>, handle: jlong,
) -> bool {
    // What cannot be told is asked for with every request.
    guarded(&mut env, true, |_| Ok(object(handle).is_none_or(Validator::forwards)))
}

/// `byte[] forward(long handle, byte[] request, byte[] payload)`: how a request changes before it goes on, as a flat list of
/// the fields to remove, name, value, name, value, … of those to set, and the query or null. `payload` is that of the
/// accepted token; null for none.
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_forward<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>, handle: jlong, request: JByteArray<'local>,
    payload: JByteArray<'local>,
) -> JByteArray<'local> {
    on_validator(&mut env, handle, |env, validator| {
        let (request, payload) = (env.convert_byte_array(&request)?, bytes_or_none(env, &payload)?);
        let Ok(payload) = payload.as_deref().map(str::from_utf8).transpose() else { return Ok(None) };
        let Some(request) = RequestText::of_packed(&request) else { return Ok(None) };
        let forward = request.with(|request| validator.forward_claims(payload, request));
        let mut flat = Flat::default();
        flat.list(3).list(forward.remove.len());
        for name in &forward.remove {
            flat.text(name);
        }
        flat.pairs(&forward.set);
        match &forward.query {
            Some(query) => flat.text(query),
            None => flat.null(),
        };
        Ok(Some(flat.into_bytes()))
    })
}

/// `byte[] answer(long handle, long requirement, int code, int issuer, int route, boolean retries, long retryAt, long now)`: the
/// HTTP answer as a flat list of status, header fields and body, to an endpoint that has this requirement, or 0. -1 stands for an issuer or a route that is not known; `retryAt` counts where
/// `retries` is true.
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_answer<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>, handle: jlong, requirement: jlong, code: jint, issuer: jint,
    route: jint, retries: bool, retry_at: jlong, now: jlong,
) -> JByteArray<'local> {
    on_validator(&mut env, handle, |_, validator| {
        let retry_after = retries.then(|| jotgate_edge::retry_after(retry_at, now));
        let denial = jotgate_edge::denial(code.cast_unsigned(), issuer, route, retry_after);
        let answer = match object::<Requirement>(requirement) {
            Some(requirement) => validator.answer_with(&denial, requirement),
            None => validator.answer(&denial),
        };
        let mut flat = Flat::default();
        flat.list(3).number(answer.status).pairs(&answer.headers).text(&answer.body);
        Ok(Some(flat.into_bytes()))
    })
}

/// Asks about a token, or about a request where there is no token; `None` when the request is none.
fn asked<T>(
    env: &Env<'_>, [token, request]: [&JByteArray<'_>; 2], as_of: jlong, ask: impl FnOnce(Question<'_>) -> T,
) -> jni::errors::Result<Option<T>> {
    let as_of = Timestamp::from_millis(as_of);
    if let Some(token) = bytes_or_none(env, token)? {
        return Ok(Some(ask(Question::token(&token).as_of(as_of))));
    }
    let request = env.convert_byte_array(request)?;
    let request = RequestText::of_packed(&request);
    Ok(request.map(|request| request.with(|request| ask(Question::request(request).as_of(as_of)))))
}

fn explained(explanation: &Explanation) -> Option<Vec<u8>> {
    let json = explanation.to_json();
    let mut flat = Flat::default();
    flat.list(4).json(&json)?;
    flat.text(&json).text(&explanation.to_text(false)).text(&explanation.to_text(true));
    Some(flat.into_bytes())
}
