//! One run of the command line: JavaScript reads, fetches and prints, the core does the rest.

use crate::session::{fetch_id, header_pairs, invalid, time};
use jotgate::{FetchFailure, FetchResponse};
use jotgate_tools::{Command, Screen};
use napi::Env;
use napi::bindgen_prelude::{FunctionCallContext, JsObjectValue, Object, Result, ToNapiValue, Uint8Array};
use napi_derive::napi;
use std::cell::RefCell;
use std::rc::Rc;

/// The object that `NativeCommand` in `ts/native.ts` describes. `colour` and `error_colour` say whether standard output
/// and standard error show colours.
#[napi(catch_unwind)]
pub fn create_command(env: &Env, arguments: Vec<String>, colour: bool, error_colour: bool) -> Result<Object<'_>> {
    let command = Rc::new(RefCell::new(Command::new(arguments, Screen { colour, error_colour })));
    let mut object = Object::new(env)?;
    bind(env, &mut object, &command, "step", |command, call| Ok(command.step(time(call, 0)?).to_json()))?;
    bind(env, &mut object, &command, "provide", |command, call| {
        command.provide(Ok(&call.get::<Uint8Array>(0)?));
        Ok(())
    })?;
    bind(env, &mut object, &command, "provideNothing", |command, call| {
        command.provide(Err(&call.get::<String>(0)?));
        Ok(())
    })?;
    bind(env, &mut object, &command, "completeFetch", |command, call| {
        let (status, fields, body): (u16, Vec<String>, Uint8Array) = (call.get(1)?, call.get(2)?, call.get(3)?);
        let response = FetchResponse { status, headers: &header_pairs(&fields), body: &body };
        command.complete_fetch(fetch_id(call)?, response, time(call, 4)?);
        Ok(())
    })?;
    bind(env, &mut object, &command, "failFetch", |command, call| {
        let failure = FetchFailure::from_number(call.get(1)?).ok_or_else(|| invalid("not a number of a failure"))?;
        command.fail_fetch(fetch_id(call)?, failure, time(call, 2)?);
        Ok(())
    })?;
    Ok(object)
}

fn bind<Return: ToNapiValue + 'static>(
    env: &Env, object: &mut Object<'_>, command: &Rc<RefCell<Command>>, name: &str,
    body: impl Fn(&mut Command, &FunctionCallContext<'_>) -> Result<Return> + 'static,
) -> Result<()> {
    let command = Rc::clone(command);
    let closure = move |call: FunctionCallContext<'_>| body(&mut command.borrow_mut(), &call);
    object.set_named_property(name, env.create_function_from_closure::<(), Return, _>(name, closure)?)
}
