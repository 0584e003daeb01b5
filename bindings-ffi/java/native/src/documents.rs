//! The functions behind `io.jotgate.Native` that need no validator.

use crate::calls::{guarded, with_bytes};
use crate::flat::Flat;
use jni::EnvUnowned;
use jni::objects::{JByteArray, JClass};
use jni::sys::jint;
use jotgate::{Code, Names, ReferenceFailure, Written};
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
        match jotgate::policy_text(text).and_then(|text| jotgate_tools::policy_json(text, format)) {
            Ok(json) => flat.list(1).text(&json),
            Err(error) => flat.mistake(&Mistake::from(&error)),
        };
        Some(flat.into_bytes())
    })
}

/// `byte[] places(byte[] texts, int format)`: a flat list of line and column for each path, 0 where it is not known. The texts are
/// the document and then the paths.
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_places<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>, texts: JByteArray<'local>, format: jint,
) -> JByteArray<'local> {
    with_bytes(&mut env, &texts, |texts| {
        let format = Format::from_number(format.try_into().ok()?)?;
        let mut texts = Packed::new(texts);
        let document = str::from_utf8(texts.text()?).ok()?;
        let paths: Vec<&str> = std::iter::from_fn(|| str::from_utf8(texts.text()?).ok()).collect();
        let mut flat = Flat::default();
        flat.list(paths.len().saturating_mul(2));
        for place in jotgate_tools::places(document, format, &paths) {
            let (line, column) = place.unwrap_or_default();
            flat.number(line).number(column);
        }
        Some(flat.into_bytes())
    })
}

/// `byte[] told(byte[] texts, int names)`: a flat list of path, message and hint of problems in these names, a number of the core's
/// `Names`. The texts are the names of the options that were given, with spaces between them, and then path, message and hint of
/// each problem; an empty hint is none.
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_told<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>, texts: JByteArray<'local>, names: jint,
) -> JByteArray<'local> {
    with_bytes(&mut env, &texts, |texts| {
        let names = Names::from_number(names.try_into().ok()?)?;
        let mut texts = Packed::new(texts);
        let mut text = || texts.text().map(str::from_utf8)?.ok();
        let given: Vec<&str> = text()?.split_ascii_whitespace().collect();
        let mut flat = Flat::default();
        let list = flat.open_list();
        let mut count: usize = 0;
        while let (Some(path), Some(message), Some(hint)) = (text(), text(), text()) {
            let hint = (!hint.is_empty()).then_some(hint);
            let told = names.told(path, message, hint, Written { given: &given, known: &[] });
            flat.text(&told.path).text(&told.message);
            match told.hint {
                Some(hint) => flat.text(&hint),
                None => flat.null(),
            };
            count = count.saturating_add(3);
        }
        flat.close(list, count);
        Some(flat.into_bytes())
    })
}

/// `byte[] references(byte[] policy)`: a flat list of a list of kind, name and most bytes, one behind the other, of what the
/// document leaves to the host to read; or path, message and hint of what is wrong.
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_references<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>, policy: JByteArray<'local>,
) -> JByteArray<'local> {
    with_bytes(&mut env, &policy, |policy| {
        let mut flat = Flat::default();
        match jotgate::policy_text(policy).and_then(jotgate::references) {
            Ok(wanted) => {
                flat.list(1).list(wanted.len().saturating_mul(3));
                for wanted in wanted {
                    let most = u32::try_from(wanted.read_bytes).ok()?;
                    flat.text(wanted.kind.name()).text(&wanted.name).number(most);
                }
            }
            Err(error) => _ = flat.mistake(&Mistake::from(&error)),
        }
        Some(flat.into_bytes())
    })
}

/// `byte[] fillReferences(byte[] texts)`: a flat list of the document alone, or of what is wrong. The texts are the document and
/// then two for each text that was asked for: `read`, `missing` or another word for what cannot be read, and the bytes.
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_fillReferences<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>, texts: JByteArray<'local>,
) -> JByteArray<'local> {
    with_bytes(&mut env, &texts, |texts| {
        let mut texts = Packed::new(texts);
        let document = str::from_utf8(texts.text()?).ok()?;
        let read = texts.pairs()?.into_iter().map(|(word, bytes)| match word {
            b"read" => Ok(bytes.to_vec()),
            b"missing" => Err(ReferenceFailure::Missing),
            _ => Err(ReferenceFailure::Unreadable),
        });
        let mut flat = Flat::default();
        match jotgate::fill_references(document, &read.collect::<Vec<_>>()) {
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
        match jotgate::policy_text(policy).and_then(jotgate_tools::lint) {
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
