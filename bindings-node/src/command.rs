//! One run of the command line: JavaScript reads, fetches and prints, the core does the rest.

use crate::arguments::{failed, fetched, time};
use jotgate::FetchRequest;
use jotgate_tools::{Command, Screen, TestIssuer};
use napi::Env;
use napi::bindgen_prelude::{FunctionCallContext, JsObjectValue, Object, Result, ToNapiValue, Uint8Array};
use napi_derive::napi;
use std::cell::RefCell;
use std::rc::Rc;

/// The object that `NativeCommand` in `ts/native.ts` describes. `colour` and `error_colour` say whether standard output
/// and standard error show colours, `error_terminal` whether standard error is a terminal.
#[napi(catch_unwind)]
pub fn create_command(
    env: &Env, arguments: Vec<String>, colour: bool, error_colour: bool, error_terminal: bool,
) -> Result<Object<'_>> {
    let command = Command::new(arguments, Screen { colour, error_colour, error_terminal })
        .with_test_kit(kit)
        .with_texts(jotgate_host::read_text)
        .with_batches(jotgate_host::validate_many);
    let command = Rc::new(RefCell::new(command));
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
    bind(env, &mut object, &command, "reportFetched", |command, call| {
        fetched(call, |_| FetchRequest::LONGEST_BODY, |id, report, now| command.report(id, report, now))
    })?;
    bind(env, &mut object, &command, "reportFailed", |command, call| {
        failed(call, |id, report, now| command.report(id, report, now))
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

/// Who mints the tokens of `test`.
fn kit(options: &str) -> std::result::Result<TestIssuer, String> {
    let issuer = jotgate_testing::Issuer::from_json(options).map_err(|error| error.to_string())?;
    Ok(Box::new(move |word, arguments| issuer.call(word, arguments).map_err(|error| error.to_string())))
}
