//! What reaches a terminal: nothing that a file, a file's name or an argument says may drive it.

use super::{DETENTE, SCENARIO, file, folder};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, Winsize, tcgetattr, tcsetattr, tcsetwinsize};
use serde_json::json;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::Path;
use std::process::Command;

/// A title for the window, a cleared screen, colours, all of it also in C1; what rubs out, returns, begins a line
/// and turns the direction of writing.
const DRIVES: &str = "A\u{1b}]0;DRIVEN\u{7}\u{1b}[2J\u{1b}[35;7m\u{9b}1m\u{9d}0;DRIVEN\u{9c}\u{7f}\u{8}\rDRIVEN\nDRIVEN\u{b}\u{c}\u{e}\u{202e}\u{2067}\u{2028}\u{85}Z";
/// The same as far as XML holds it.
const DRIVES_XML: &str =
    "A\u{9b}1m\u{9d}0;DRIVEN\u{9c}\u{7f}&#13;DRIVEN&#10;DRIVEN\u{202e}\u{2067}\u{2028}\u{85}Z";
/// The same as far as a file's name may be it.
const DRIVES_NAME: &str = "A\u{1b}]0;DRIVEN\u{7}\u{1b}[35;7m\u{9b}1m\u{7f}\rDRIVEN\nDRIVEN\u{202e}Z";

/// Everything that the command writes on a terminal of its own.
fn on_terminal(arguments: &[&str], folder: &Path) -> String {
    let controller = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
    grantpt(&controller).expect("a terminal");
    unlockpt(&controller).expect("a terminal");
    let name = ptsname(&controller, Vec::new()).expect("a name").into_string().expect("a name");
    let user = File::options().read(true).write(true).open(name).expect("a terminal");
    // Bytes as they are written.
    let mut settings = tcgetattr(&user).expect("settings");
    settings.make_raw();
    tcsetattr(&user, OptionalActions::Now, &settings).expect("settings");
    tcsetwinsize(&user, Winsize { ws_row: 24, ws_col: 100, ws_xpixel: 0, ws_ypixel: 0 }).expect("a size");
    let mut child = Command::new(DETENTE)
        .args(arguments)
        .current_dir(folder)
        .env("TERM", "xterm-256color")
        .env_remove("NO_COLOR")
        .stdout(user.try_clone().expect("a terminal"))
        .stderr(user)
        .spawn()
        .expect("the command");
    let mut written = Vec::new();
    // The terminal ends with an error when nobody has it open any more.
    let _ = File::from(controller).read_to_end(&mut written);
    child.wait().expect("the command ends");
    String::from_utf8(written).expect("UTF-8")
}

/// That only the program's own marks are among what was written: colours, and the lines of its progress.
#[track_caller]
fn check(arguments: &[&str], folder: &Path) {
    let written = on_terminal(arguments, folder);
    let shown = || format!("{arguments:?}: {written:?}");
    assert!(!written.is_empty(), "{}", shown());
    for odd in ["\u{1b}[35", "\rDRIVEN", "\nDRIVEN"] {
        // Lines of a page mean nothing.
        if odd.starts_with('\n') && arguments.contains(&"html") {
            continue;
        }
        assert!(!written.contains(odd), "{odd:?} in {}", shown());
    }
    for (at, c) in written.char_indices() {
        let drives = c.is_control() && !matches!(c, '\n' | '\r' | '\u{1b}');
        let turns = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}' | '\u{2067}' | '\u{2028}' | '\u{2029}');
        assert!(!drives && !turns, "{c:?} in {}", shown());
        if c == '\u{1b}' {
            let mark = written[at + 1..].strip_prefix('[').expect("a mark of one kind only");
            let end = mark.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';').chars().next();
            assert!(matches!(end, Some('m' | 'K' | 'A' | 'B')), "{}", shown());
        }
    }
}

fn geniusweb(folder: &Path) {
    fs::create_dir(folder).expect("a folder");
    let domain = json!({ "name": DRIVES, "issuesValues": { DRIVES: { "values": [DRIVES, "other"] } } });
    file(folder, "d.json", &domain.to_string());
    for (name, one) in [("a", 0.25), ("b", 0.75)] {
        let utilities = json!({ "discreteutils": { "valueUtilities": { DRIVES: one, "other": 0.5 } } });
        let profile = json!({ "LinearAdditiveUtilitySpace": {
            "name": DRIVES, "domain": domain,
            "issueWeights": { DRIVES: 1.0 }, "issueUtilities": { DRIVES: utilities },
        } });
        file(folder, &format!("{name}.json"), &profile.to_string());
    }
}

fn genius(folder: &Path) {
    fs::create_dir(folder).expect("a folder");
    let issue = |inside: &str| {
        format!(
            "<issue index=\"1\" name=\"{DRIVES_XML}\" type=\"discrete\" etype=\"discrete\" vtype=\"discrete\">{inside}</issue>"
        )
    };
    let items = |a: &str, b: &str| {
        format!("<item index=\"1\" value=\"{DRIVES_XML}\"{a}/><item index=\"2\" value=\"other\"{b}/>")
    };
    let domain = format!(
        "<negotiation_template><utility_space><objective index=\"0\" name=\"{DRIVES_XML}\">{}</objective></utility_space></negotiation_template>",
        issue(&items("", ""))
    );
    file(folder, "domain.xml", &domain);
    for (name, a, b) in [("p1.xml", 1, 2), ("p2.xml", 2, 1)] {
        let values = items(&format!(" evaluation=\"{a}\""), &format!(" evaluation=\"{b}\""));
        let profile = format!(
            "<utility_space><objective index=\"0\" name=\"any\"><weight index=\"1\" value=\"1.0\"/>{}</objective></utility_space>",
            issue(&values)
        );
        file(folder, name, &profile);
    }
}

/// Files of every kind, with the same in their names, titles, keys and values.
fn files(folder: &Path) -> Vec<String> {
    let quoted = serde_json::to_string(DRIVES).expect("JSON");
    let broken = format!("detente: 1\n{quoted}: {quoted}\n");
    let name = SCENARIO.replace("Two wells", &quoted).replace("half", "\"h\u{9b}1m\u{202e}\"");
    // What YAML lets through unescaped.
    let shown =
        SCENARIO.replace("Two wells", "wells\u{202e}\u{2028}\u{9d}0;DRIVEN\u{9c}").replace("open", "\u{9b}");
    let refers = SCENARIO.replace("by: north", "by: \"n\u{9b}1m\"");
    let graph = format!(
        "<dcrgraph title=\"{DRIVES_XML}\"><specification><resources><events><event id=\"{DRIVES_XML}\"/><event id=\"b\"/></events><labels><label id=\"{DRIVES_XML}\"/></labels><labelMappings><labelMapping eventId=\"b\" labelId=\"{DRIVES_XML}\"/></labelMappings></resources><constraints><conditions><condition sourceId=\"{DRIVES_XML}\" targetId=\"b\"/></conditions></constraints></specification></dcrgraph>"
    );
    let unknown = graph.replace("sourceId=\"A", "sourceId=\"B");
    let mut paths = vec![
        file(folder, "broken.yaml", &broken),
        file(folder, "name.yaml", &name),
        file(folder, "shown.yaml", &shown),
        file(folder, "refers.yaml", &refers),
        file(folder, "graph.xml", &graph),
        file(folder, "unknown.xml", &unknown),
        file(folder, "odd.txt", DRIVES),
        file(folder, &format!("{DRIVES_NAME}.yaml"), SCENARIO),
        file(folder, &format!("{DRIVES_NAME}2.yaml"), &broken),
        folder.join(format!("{DRIVES_NAME}.missing")).display().to_string(),
    ];
    for (name, make) in [("web", geniusweb as fn(&Path)), ("genius", genius)] {
        make(&folder.join(name));
        paths.push(folder.join(name).display().to_string());
    }
    paths
}

#[test]
fn no_file_drives_a_terminal_whatever_is_asked_of_it() {
    let folder = folder();
    for path in files(folder.path()) {
        let asked: &[&[&str]] = &[
            &["check", &path],
            &["check", &path, "--format", "json"],
            &["analyze", &path],
            &["analyze", &path, "--format", "json"],
            &["analyze", &path, "--format", "html"],
            &["analyze", &path, "--format", "html", "--audience", "shared"],
            &["sequence", &path],
            &["sequence", &path, "--format", "json"],
            &["convert", &path, "-", "--lossy"],
            &["convert", &path, "-"],
        ];
        for arguments in asked {
            check(arguments, folder.path());
        }
    }
}

#[test]
fn no_argument_drives_a_terminal() {
    let folder = folder();
    let own = file(folder.path(), "own.yaml", SCENARIO);
    let named = format!("share={DRIVES_NAME}");
    let inside = format!("{DRIVES_NAME}/{DRIVES_NAME}.yaml");
    let asked: &[&[&str]] = &[
        &[DRIVES_NAME],
        &[&format!("--{DRIVES_NAME}")],
        &["analyze", &own, DRIVES_NAME],
        &["analyze", &own, "--format", DRIVES_NAME],
        &["analyze", &own, "--target", DRIVES_NAME],
        &["analyze", &own, "--deal", DRIVES_NAME],
        &["analyze", &own, "--deal", &named],
        &["analyze", &own, "--deal", &format!("{named},{named}")],
        &["analyze", &own, "--parties", DRIVES_NAME],
        &["analyze", &own, "--out", &inside],
        &["analyze", &own, "--samples", DRIVES_NAME],
        &["analyze", &own, "--svg", &format!("{DRIVES_NAME}.svg")],
        &["sequence", &own, "--deal", &named],
        &["convert", &own, &format!("{DRIVES_NAME}.yaml")],
        &["convert", &own, &format!("{DRIVES_NAME}.yaml")],
        &["new", &format!("{DRIVES_NAME}.new.yaml")],
        &["new", &format!("{DRIVES_NAME}.new.yaml")],
        &["schema", DRIVES_NAME],
    ];
    for arguments in asked {
        check(arguments, folder.path());
    }
}

#[test]
fn a_terminal_gets_the_colours_of_the_program() {
    let folder = folder();
    let own = file(folder.path(), "own.yaml", SCENARIO);
    assert!(on_terminal(&["analyze", &own], folder.path()).contains("\u{1b}[1mTwo wells\u{1b}[0m\n"));
    let bad = file(folder.path(), "bad.yaml", &SCENARIO.replace("alternative: 0", "alternative: none of it"));
    assert!(on_terminal(&["check", &bad], folder.path()).contains("\u{1b}[1m\u{1b}[31merror"));
}
