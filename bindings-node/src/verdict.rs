//! One verdict on its way to JavaScript, by napi.

use crate::text;
use jotgate_node_common as common;
use napi::bindgen_prelude::{Result, ToNapiValue, TypeName};
use napi::{ValueType, sys};

/// What a validation returns to JavaScript.
pub(crate) struct Returned(pub(crate) common::Returned);

impl TypeName for Returned {
    fn type_name() -> &'static str {
        "string | number"
    }

    fn value_type() -> ValueType {
        ValueType::Unknown
    }
}

impl ToNapiValue for Returned {
    unsafe fn to_napi_value(env: sys::napi_env, returned: Self) -> Result<sys::napi_value> {
        match returned.0 {
            // SAFETY: the caller of this function promises that `env` is the environment of the running call.
            common::Returned::Verified(text) => unsafe { text::to_js(env, &text) },
            // SAFETY: as above.
            common::Returned::Code(number) => unsafe { u32::to_napi_value(env, number) },
        }
    }
}
