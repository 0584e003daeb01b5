"""Puts each language's built package into a project of its own, and writes down how to start its service."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / "target" / "demo"
TITLES = {"rust": "Rust", "python": "Python", "node": "Node", "c": "C", "go": "Go", "java": "Java", "kotlin": "Kotlin", "ruby": "Ruby"}


def run(*command: str | Path, cwd: Path = ROOT) -> str:
    return subprocess.run([str(word) for word in command], cwd=cwd, check=True, stdout=subprocess.PIPE, text=True).stdout


def fastapi() -> list[str]:
    venv = WORK / "python"
    run(sys.executable, "-m", "venv", "--clear", venv)
    (wheel,) = (ROOT / "target" / "wheels").glob("jotgate-*.whl")
    run(venv / "bin" / "python", "-m", "pip", "install", "--quiet", f"{wheel}[fastapi]", "uvicorn")
    return [str(venv / "bin" / "python"), "bindings-python/examples/fastapi_app.py"]


def express() -> list[str]:
    project = WORK / "node"
    shutil.rmtree(project, ignore_errors=True)
    project.mkdir(parents=True)
    (project / "package.json").write_text('{"name": "orders", "private": true, "type": "module"}\n')
    run(sys.executable, "-m", "release.npm", "--folder", project, "host", cwd=ROOT / "tests")
    run("npm", "install", "--silent", "--no-package-lock", *project.glob("jotgate-*.tgz"), "express@5", cwd=project)
    shutil.copy(ROOT / "bindings-node" / "examples" / "express-app.mjs", project / "app.mjs")
    return ["node", str(project / "app.mjs")]


def net_http() -> list[str]:
    binary = WORK / "go" / "orders"
    run("go", "build", "-o", binary, "./examples/server", cwd=ROOT / "bindings-ffi" / "go")
    return [str(binary)]


def jdk_server() -> list[str]:
    project = WORK / "java"
    project.mkdir(parents=True, exist_ok=True)
    (jar,) = (ROOT / "bindings-ffi" / "java" / "target").glob("jotgate-[0-9]*[0-9].jar")
    shutil.copy(jar, project / "jotgate.jar")
    run("javac", "-cp", project / "jotgate.jar", "-d", project, ROOT / "bindings-ffi" / "java" / "examples" / "Server.java")
    return ["java", "-cp", os.pathsep.join([str(project / "jotgate.jar"), str(project)]), "Server"]


def rack() -> list[str]:
    project = WORK / "ruby"
    shutil.rmtree(project, ignore_errors=True)
    project.mkdir(parents=True)
    (gem,) = (ROOT / "target" / "gems").glob("jotgate-*.gem")
    run("gem", "install", "--quiet", "--local", "--ignore-dependencies", "--no-document", "--install-dir", project / "gems", gem)
    shutil.copy(ROOT / "bindings-ffi" / "ruby" / "examples" / "orders.ru", project)
    (project / "puma.rb").write_text('bind "tcp://127.0.0.1:#{ENV.fetch(\'PORT\')}"\n')
    places = os.pathsep.join([str(project / "gems"), run("gem", "environment", "path").strip()])
    return ["env", f"GEM_PATH={places}", "puma", "--quiet", "--config", str(project / "puma.rb"), str(project / "orders.ru")]


SERVICES = {
    "python": ("FastAPI", fastapi),
    "node": ("Express", express),
    "go": ("net/http", net_http),
    "java": ("Java", jdk_server),
    "ruby": ("Rack", rack),
}


def main(languages: list[str]) -> None:
    WORK.mkdir(parents=True, exist_ok=True)
    services = {}
    for language, (title, prepare) in SERVICES.items():
        if language in languages:
            print(f"installing the {TITLES[language]} package into a project of its own", flush=True)
            services[title] = prepare()
    plan = {
        "services": services,
        "languages": {title: language for language, title in TITLES.items() if language in languages},
        "missing": [title for language, title in TITLES.items() if language not in languages],
    }
    (WORK / "services.json").write_text(json.dumps(plan, indent=2))


if __name__ == "__main__":
    main(sys.argv[1:])
