//! The example of a service, as a process.

use crate::issuer::{Does, Issuer, token, token_with};
use crate::server::ask;
use serde_json::json;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

/// Ends with the test.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn orders_serves_what_its_policy_lets_pass() {
    let issuer = Issuer::start(Does::Keys(vec![1])).await;
    let mut policy = issuer.policy();
    policy["routes"] = json!([{"methods": "GET", "path": "/health", "skip": true}]);
    let file = std::env::temp_dir().join(format!("jotgate-orders-{}.json", std::process::id()));
    std::fs::write(&file, policy.to_string()).expect("a policy");
    let (_process, address) = start(&file.display().to_string());

    assert_eq!(ask(address, "GET /health", None).await.status, 200);
    assert_eq!(ask(address, "GET /orders", None).await.status, 401);
    let answer = ask(address, "GET /orders", Some(&token(1))).await;
    assert!(answer.status == 200 && answer.body.contains(r#""of":"alice""#), "{}", answer.body);
    assert_eq!(ask(address, "GET /orders/7", Some(&token(1))).await.status, 200);
    let of = |scope: &str| token_with(1, "key-1", &json!({"scope": scope}));
    assert_eq!(ask(address, "POST /orders", Some(&token(1))).await.status, 403);
    assert_eq!(ask(address, "POST /orders", Some(&of("orders:write"))).await.status, 201);
    assert_eq!(ask(address, "DELETE /orders/7", Some(&of("orders:write"))).await.status, 403);
    assert_eq!(ask(address, "DELETE /orders/7", Some(&of("orders:delete"))).await.status, 204);
    assert_eq!(issuer.fetches(), 1);
    std::fs::remove_file(file).expect("the policy");
}

/// Cargo builds the examples before it runs the tests.
fn start(policy: &str) -> (Process, SocketAddr) {
    let tests = std::env::current_exe().expect("this program");
    let folder = tests.parent().and_then(std::path::Path::parent).expect("the folder of the profile");
    let program = folder.join("examples").join(format!("orders{}", std::env::consts::EXE_SUFFIX));
    let mut command = Command::new(program);
    let mut child =
        Process(command.args([policy, "127.0.0.1:0"]).stdout(Stdio::piped()).spawn().expect("the example, built"));
    let mut line = String::new();
    let output = child.0.stdout.take().expect("its output");
    BufReader::new(output).read_line(&mut line).expect("its address");
    (child, line.trim().parse().expect("an address"))
}
