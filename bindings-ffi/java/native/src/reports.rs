//! The functions behind `io.jotgate.Native` that write for operators, and those about documents without a validator.

use crate::exports::{on_validator, with_bytes};
use crate::flat::Flat;
use crate::guard::guarded;
use crate::texts;
use jni::EnvUnowned;
use jni::objects::{JByteArray, JClass};
use jni::sys::{jint, jlong};
use jotgate::{Explanation, PolicyError, Timestamp};
use jotgate_tools::{Format, Product, Warning};

/// `byte[] explain(long handle, byte[] token, long asOf, long now)`: a flat list of the explanation as a value, as JSON,
/// as text and as coloured text.
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_explain<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>, handle: jlong, token: JByteArray<'local>, as_of: jlong,
    now: jlong,
) -> JByteArray<'local> {
    on_validator(&mut env, handle, |env, validator| {
        let token = env.convert_byte_array(&token)?;
        let (as_of, now) = (Timestamp::from_millis(as_of), Timestamp::from_millis(now));
        Ok(explained(&validator.explain_as_of(&token, as_of, now)))
    })
}

/// `byte[] explainRequest(long handle, byte[] request, long asOf, long now)`: as `explain`, for a request as
/// `validateRequest` takes it.
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_explainRequest<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>, handle: jlong, request: JByteArray<'local>, as_of: jlong,
    now: jlong,
) -> JByteArray<'local> {
    on_validator(&mut env, handle, |env, validator| {
        let request = env.convert_byte_array(&request)?;
        let (as_of, now) = (Timestamp::from_millis(as_of), Timestamp::from_millis(now));
        let explanation = texts::with_request(&request, |request| validator.explain_request_as_of(request, as_of, now));
        Ok(explanation.as_ref().and_then(explained))
    })
}

/// `byte[] policyJson(byte[] text, int format)`: a flat list of the document as JSON text alone, or of path, message and
/// hint of the policy error. The format is a number of the table of formats.
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_policyJson<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>, text: JByteArray<'local>, format: jint,
) -> JByteArray<'local> {
    with_bytes(&mut env, &text, |text| {
        let format = Format::from_number(format.try_into().ok()?)?;
        let mut flat = Flat::default();
        match jotgate_tools::policy_json(str::from_utf8(text).ok()?, format) {
            Ok(json) => flat.list(1).text(&json),
            Err(error) => refusal(&mut flat, &error),
        };
        Some(flat.into_bytes())
    })
}

/// `byte[] lint(byte[] policy)`: a flat list of the list of warnings alone, or of path, message and hint of the policy
/// error.
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_lint<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>, policy: JByteArray<'local>,
) -> JByteArray<'local> {
    with_bytes(&mut env, &policy, |policy| {
        let mut flat = Flat::default();
        match jotgate_tools::lint(str::from_utf8(policy).ok()?) {
            Ok(warnings) => flat.list(1).json(&Warning::list_to_json(&warnings)).ok()?,
            Err(error) => {
                refusal(&mut flat, &error);
            }
        }
        Some(flat.into_bytes())
    })
}

/// `byte[] importPolicy(byte[] texts)`: a flat list of the import as a value and its policy as JSON text, or of path, message
/// and hint of what is wrong. The texts are the product's name, the policy, and then name, content, name, content, … of
/// further files; an unknown product gives `null`.
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_importPolicy<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>, texts: JByteArray<'local>,
) -> JByteArray<'local> {
    with_bytes(&mut env, &texts, |texts| {
        let parts = texts::parts(texts)?;
        let ([product, text], files) = parts.split_first_chunk::<2>()?;
        let product = Product::from_name(str::from_utf8(product).ok()?)?;
        let (files, rest) = files.as_chunks::<2>();
        if !rest.is_empty() {
            return None;
        }
        let files = files.iter().map(|[name, content]| Some((str::from_utf8(name).ok()?, *content)));
        let files = files.collect::<Option<Vec<_>>>()?;
        let mut flat = Flat::default();
        match jotgate_tools::import(product, str::from_utf8(text).ok()?, &files) {
            Ok(import) => {
                flat.list(2).json(&serde_json::to_string(&import).ok()?).ok()?;
                flat.text(&import.policy.to_string());
            }
            Err(error) => {
                mistake(&mut flat, error.path(), error.message(), error.hint());
            }
        }
        Some(flat.into_bytes())
    })
}

/// `byte[] products()`: a flat list of the names of all products.
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_products<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>,
) -> JByteArray<'local> {
    guarded(&mut env, JByteArray::null(), |env| {
        let mut flat = Flat::default();
        flat.list(Product::ALL.len());
        for product in Product::ALL {
            flat.text(product.name());
        }
        env.byte_array_from_slice(&flat.into_bytes())
    })
}

/// `byte[] schema()`: the JSON Schema of the policy document as text.
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_schema<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>,
) -> JByteArray<'local> {
    guarded(&mut env, JByteArray::null(), |env| env.byte_array_from_slice(jotgate::schema().as_bytes()))
}

/// Path, message and hint.
pub(crate) fn refusal<'f>(flat: &'f mut Flat, error: &PolicyError) -> &'f mut Flat {
    mistake(flat, error.path(), error.message(), error.hint())
}

fn mistake<'f>(flat: &'f mut Flat, path: &str, message: &str, hint: Option<&str>) -> &'f mut Flat {
    flat.list(3).text(path).text(message);
    match hint {
        Some(hint) => flat.text(hint),
        None => flat.null(),
    }
}

fn explained(explanation: &Explanation) -> Option<Vec<u8>> {
    let json = explanation.to_json();
    let mut flat = Flat::default();
    flat.list(4).json(&json).ok()?;
    flat.text(&json).text(&explanation.to_text(false)).text(&explanation.to_text(true));
    Some(flat.into_bytes())
}
