//! The command line: the core says what to do and what to print; Python reads, fetches and writes.

use crate::errors;
use crate::question::{HeaderFields, timestamp};
use crate::work::{self, FetchRequest};
use jotgate_tools::{AuditReport, CommandStep, Network, Screen, TestIssuer};
use pyo3::prelude::*;

/// One run of the program. Described in `_native.pyi`.
#[pyclass(module = "jotgate._native")]
pub(crate) struct Command {
    command: jotgate_tools::Command,
}

#[pymethods]
impl Command {
    #[new]
    #[pyo3(signature = (arguments, *, colour, error_colour, error_terminal))]
    fn new(arguments: Vec<String>, colour: bool, error_colour: bool, error_terminal: bool) -> Self {
        let screen = Screen { colour, error_colour, error_terminal };
        Self {
            command: jotgate_tools::Command::new(arguments, screen)
                .with_test_kit(kit)
                .with_texts(jotgate_host::read_text)
                .with_batches(jotgate_host::validate_many),
        }
    }

    fn step<'py>(&mut self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let now = timestamp(None)?;
        let step = errors::guard(py, || self.command.step(now))?;
        let step = match step {
            CommandStep::ReadFile { path } => ("read_file", path).into_pyobject(py)?.into_any(),
            CommandStep::ReadInput => ("read_input", py.None()).into_pyobject(py)?.into_any(),
            CommandStep::ReadPart { path, most, progress } => {
                ("read_part", (path, most, progress)).into_pyobject(py)?.into_any()
            }
            CommandStep::AuditColumns => ("audit_columns", py.None()).into_pyobject(py)?.into_any(),
            CommandStep::Fetch { request, network } => {
                let Network { cacert, cert, key, proxy, .. } = network;
                let fetch = (FetchRequest::from(request), (cacert, cert, key, proxy));
                ("fetch", fetch).into_pyobject(py)?.into_any()
            }
            CommandStep::Done(output) => {
                ("done", (output.stdout, output.stderr, output.exit)).into_pyobject(py)?.into_any()
            }
            _ => return Err(errors::internal(py, "the core wants a step that this package does not know")),
        };
        Ok(step)
    }

    fn provide(&mut self, py: Python<'_>, content: &[u8]) -> PyResult<()> {
        errors::guard(py, || self.command.provide(Ok(content)))
    }

    fn fail(&mut self, py: Python<'_>, reason: &str) -> PyResult<()> {
        errors::guard(py, || self.command.provide(Err(reason)))
    }

    fn report_fetched(
        &mut self, py: Python<'_>, work_id: u64, status: u16, headers: HeaderFields<'_>, body: &[u8],
    ) -> PyResult<()> {
        let now = timestamp(None)?;
        errors::guard(py, || {
            let most = jotgate::FetchRequest::LONGEST_BODY;
            work::with_answer(status, &headers, body, most, |report| {
                self.command.report(work::id(work_id), report, now)
            });
        })
    }

    fn report_failed(&mut self, py: Python<'_>, work_id: u64, failure: u32, cause: &str) -> PyResult<()> {
        let (now, report) = (timestamp(None)?, work::failed(failure, cause)?);
        errors::guard(py, || self.command.report(work::id(work_id), report, now))
    }
}

/// Verdict, code and issuer entry, and how many rows came to that.
type Counted = (Option<String>, Option<String>, Option<usize>, u64);

/// What `audit` prints of counts that the package for columns has made. Described in `_native.pyi`.
#[pyfunction]
pub(crate) fn audit_report(
    issuers: Vec<String>, counts: Vec<Counted>, form: &str, seconds: f64, scheme: bool,
) -> Option<String> {
    let mut report = AuditReport::new(issuers);
    for (verdict, code, issuer, rows) in counts {
        report.add(verdict, code, issuer, rows);
    }
    report.render(form, seconds, scheme)
}

/// Who mints the tokens of `test`.
fn kit(options: &str) -> Result<TestIssuer, String> {
    let issuer = jotgate_testing::Issuer::from_json(options).map_err(|error| error.to_string())?;
    Ok(Box::new(move |word, arguments| issuer.call(word, arguments).map_err(|error| error.to_string())))
}
