//! The functions behind `io.jotgate.Native` that need no validator.

use crate::calls::{guarded, with_bytes};
use crate::flat::Flat;
use jni::EnvUnowned;
use jni::objects::{JByteArray, JClass};
use jni::sys::jint;
use jotgate::Code;
use jotgate_edge::{Mistake, Packed};
use jotgate_tools::{Format, Product, Warning};

/// `byte[] policyJson(byte[] text, int format)`: a flat list of the document as JSON text alone, or of path, message and
/// hint of what is wrong. The format is a number of the edge.
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_policyJson<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>, text: JByteArray<'local>, format: jint,
) -> JByteArray<'local> {
    with_bytes(&mut env, &text, |text| {
        let format = Format::from_number(format.try_into().ok()?)?;
        let mut flat = Flat::default();
        match jotgate_tools::policy_json(str::from_utf8(text).ok()?, format) {
            Ok(json) => flat.list(1).text(&json),
            Err(error) => flat.mistake(&Mistake::from(&error)),
        };
        Some(flat.into_bytes())
    })
}

/// `byte[] lint(byte[] policy)`: a flat list of the list of warnings alone, or of path, message and hint of what is wrong.
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_lint<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>, policy: JByteArray<'local>,
) -> JByteArray<'local> {
    with_bytes(&mut env, &policy, |policy| {
        let mut flat = Flat::default();
        match jotgate_tools::lint(str::from_utf8(policy).ok()?) {
            Ok(warnings) => flat.list(1).json(&Warning::list_to_json(&warnings))?,
            Err(error) => _ = flat.mistake(&Mistake::from(&error)),
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
        let mut texts = Packed::new(texts);
        let product = Product::from_name(str::from_utf8(texts.text()?).ok()?)?;
        let text = str::from_utf8(texts.text()?).ok()?;
        let files = texts.pairs()?.into_iter().map(|(name, content)| Some((str::from_utf8(name).ok()?, content)));
        let files = files.collect::<Option<Vec<_>>>()?;
        let mut flat = Flat::default();
        match jotgate_tools::import(product, text, &files) {
            Ok(import) => {
                flat.list(2).json(&serde_json::to_string(&import).ok()?)?;
                flat.text(&import.policy.to_string());
            }
            Err(error) => _ = flat.mistake(&Mistake::from(&error)),
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

/// `byte[] values(byte[] json)`: the flat value of a JSON text that a validation gave.
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_values<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>, json: JByteArray<'local>,
) -> JByteArray<'local> {
    guarded(&mut env, JByteArray::null(), |env| {
        let json = env.convert_byte_array(&json)?;
        let mut flat = Flat::default();
        match str::from_utf8(&json).ok().and_then(|json| flat.json(json)) {
            Some(()) => env.byte_array_from_slice(&flat.into_bytes()),
            None => Ok(JByteArray::null()),
        }
    })
}

/// `byte[] about()`: a flat list of the version and then number, name, number, name, … of every code.
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_about<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>,
) -> JByteArray<'local> {
    guarded(&mut env, JByteArray::null(), |env| {
        let mut flat = Flat::default();
        flat.list(Code::ALL.len().saturating_mul(2).saturating_add(1)).text(env!("CARGO_PKG_VERSION"));
        for code in Code::ALL {
            flat.number(code.number()).text(code.name());
        }
        env.byte_array_from_slice(&flat.into_bytes())
    })
}
