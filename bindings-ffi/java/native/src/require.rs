//! The functions behind `io.jotgate.Native` that know what endpoints ask for in code.

use crate::calls::{bytes_or_none, guarded, handed_out, object, on_validator, take_back};
use crate::flat::Flat;
use crate::record;
use jni::EnvUnowned;
use jni::objects::{JByteArray, JClass, JLongArray};
use jni::sys::{jint, jlong};
use jotgate::{HeldToken, Requirement, Timestamp};

/// `byte[] openRequirement(byte[] document, long[] handle)`: puts the requirement's address into `handle` and gives `null`, or gives
/// a flat list of path, message and hint of what is wrong.
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_openRequirement<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>, document: JByteArray<'local>, handle: JLongArray<'local>,
) -> JByteArray<'local> {
    guarded(&mut env, JByteArray::null(), |env| {
        let document = env.convert_byte_array(&document)?;
        handed_out(env, jotgate_edge::requirement(&document), &handle)
    })
}

/// `void closeRequirement(long requirement)`
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_closeRequirement<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>, requirement: jlong,
) {
    guarded(&mut env, (), |_| {
        drop(take_back::<Requirement>(requirement));
        Ok(())
    });
}

/// `byte[] require(long handle, long requirement, byte[] header, byte[] payload, byte[] scopeClaim, long origin, int issuer, long
/// judgedFor)`: a verdict record of the refusal, or an empty array where the token is what is asked for. All but the handles is what the verdict on
/// the token has said; `header` is null for a request without a token, and `scopeClaim` for the usual claims.
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_require<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>, handle: jlong, requirement: jlong, header: JByteArray<'local>,
    payload: JByteArray<'local>, scope_claim: JByteArray<'local>, origin: jlong, issuer: jint, judged_for: jlong,
) -> JByteArray<'local> {
    on_validator(&mut env, handle, |env, validator| {
        let Some(requirement) = object::<Requirement>(requirement) else { return Ok(None) };
        let header = bytes_or_none(env, &header)?;
        let payload = bytes_or_none(env, &payload)?.unwrap_or_default();
        let scope_claim = bytes_or_none(env, &scope_claim)?;
        let token = match &header {
            None => None,
            Some(header) => match held(header, &payload, scope_claim.as_deref(), origin, issuer, judged_for) {
                Some(token) => Some(token),
                None => return Ok(None),
            },
        };
        Ok(Some(match jotgate_edge::required(validator, token.as_ref(), requirement) {
            Ok(()) => Vec::new(),
            Err(rejection) => record::refused(&rejection),
        }))
    })
}

/// `byte[] scopes(byte[] payload, byte[] scopeClaim)`: a flat list of the scopes of an accepted token; `scopeClaim` is null for the
/// usual claims.
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_scopes<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>, payload: JByteArray<'local>, scope_claim: JByteArray<'local>,
) -> JByteArray<'local> {
    guarded(&mut env, JByteArray::null(), |env| {
        let (payload, scope_claim) = (env.convert_byte_array(&payload)?, bytes_or_none(env, &scope_claim)?);
        let Some(token) = held(b"{}", &payload, scope_claim.as_deref(), 0, 0, 0) else { return Ok(JByteArray::null()) };
        let scopes = token.scopes();
        let mut flat = Flat::default();
        flat.list(scopes.len());
        for scope in &scopes {
            flat.text(scope);
        }
        env.byte_array_from_slice(&flat.into_bytes())
    })
}

/// `None` for what no verdict has said.
fn held<'a>(
    header: &'a [u8], payload: &'a [u8], scope_claim: Option<&'a [u8]>, origin: jlong, issuer: jint, judged_for: jlong,
) -> Option<HeldToken<'a>> {
    Some(HeldToken {
        header: str::from_utf8(header).ok()?,
        payload: str::from_utf8(payload).ok()?,
        origin: u64::try_from(origin).ok()?,
        issuer: usize::try_from(issuer).ok()?,
        judged_for: Timestamp::from_millis(judged_for),
        scope_claim: scope_claim.map(str::from_utf8).transpose().ok()?,
    })
}
