//! Whatever stands in a file, reading a DCR graph ends in findings or in a graph.

use detente_cases::drawn;
use detente_formats::{Severity, is_dcr, read_dcr};
use detente_model::RelationKind;

const HARBOUR: &str = include_str!("harbour.xml");

/// Findings stand inside the file, and a graph comes with no errors.
fn check(source: &str) {
    let reading = read_dcr(source);
    for span in reading.diagnostics.iter().filter_map(|diagnostic| diagnostic.span) {
        assert!(span.start <= span.end && span.end <= source.len(), "{span:?}: {source}");
    }
    let failed = reading.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    assert_eq!(reading.graph.is_none(), failed, "{:?}: {source}", reading.diagnostics);
}

drawn! { 256;
    #[test]
    fn no_text_makes_the_reader_panic(cut in 0..HARBOUR.len(), gone in 0usize..80, put in "[ -~\u{e9}\n]{0,20}") {
        let end = (cut + gone).min(HARBOUR.len());
        check(&format!("{}{put}{}", &HARBOUR[..cut], &HARBOUR[end..]));
    }

    #[test]
    fn no_exchanged_word_makes_the_reader_panic(from in 0usize..200, to in 0usize..200) {
        let words: Vec<&str> = HARBOUR.split(['"', '<', '>', ' ', '/']).filter(|word| !word.is_empty()).collect();
        let (from, to) = (words[from % words.len()], words[to % words.len()]);
        check(&HARBOUR.replacen(from, to, 1));
        check(&HARBOUR.replace(from, to));
    }
}

#[test]
fn comments_and_nothing_at_all_are_read_past() {
    for source in [
        "",
        "<",
        "<!-- <?xml",
        "<!--\u{e9}--><?xml",
        "<?xml",
        "<dcrgraph",
        "<dcrgraph/>",
        "\u{feff}<dcrgraph/>",
    ] {
        check(source);
    }
}

/// A board as the editor of dcr-js saves it: a nesting, a sub-process, and every kind of relation.
const BOARD: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<dcr:definitions xmlns:dcr="http://tk/schema/dcr" xmlns:dcrDi="http://tk/schema/dcrDi">
  <dcr:dcrGraph id="Graph">
    <dcr:nesting id="works" description="Works">
      <dcr:event id="dredge" role="Port" description="Dredge&#10;the mouth" included="true" executed="false" pending="true" />
      <dcr:event id="clear" included="true" executed="false" pending="false" />
    </dcr:nesting>
    <dcr:subProcess id="survey" description="Survey" included="false">
      <dcr:event id="measure" executed="true" />
    </dcr:subProcess>
    <dcr:event id="date" role="" />
    <dcr:relation id="r1" type="condition" sourceRef="date" targetRef="works" />
    <dcr:relation id="r2" type="response" sourceRef="date" targetRef="measure" time="soon" />
    <dcr:relation id="r3" type="include" sourceRef="date" targetRef="survey" />
    <dcr:relation id="r4" type="exclude" sourceRef="clear" targetRef="dredge" />
    <dcr:relation id="r5" type="milestone" sourceRef="dredge" targetRef="date" />
  </dcr:dcrGraph>
  <dcrDi:dcrRootBoard id="Board"><dcrDi:dcrPlane id="Plane" boardElement="Graph">
    <dcrDi:relation id="r1_di" boardElement="r1"/></dcrDi:dcrPlane></dcrDi:dcrRootBoard>
</dcr:definitions>"#;

#[test]
fn a_board_of_the_editor_is_a_graph() {
    assert!(is_dcr(BOARD));
    let reading = read_dcr(BOARD);
    let graph = reading.graph.expect("a graph");
    let told: Vec<(&str, &str, Option<&str>, [bool; 3])> = graph
        .events()
        .iter()
        .map(|e| (e.id.as_str(), e.name.as_str(), e.role.as_deref(), [e.included, e.executed, e.pending]))
        .collect();
    assert_eq!(
        told,
        [
            ("dredge", "Dredge the mouth", Some("Port"), [true, false, true]),
            ("clear", "clear", None, [true, false, false]),
            ("survey", "Survey", None, [false, false, false]),
            ("measure", "measure", None, [true, true, false]),
            ("date", "date", None, [true, false, false]),
        ]
    );
    assert_eq!(graph.events()[3].inside.map(|outer| outer.0), Some(2));
    let relations: Vec<(RelationKind, usize, usize)> =
        graph.relations().iter().map(|r| (r.kind, r.from.0, r.to.0)).collect();
    assert_eq!(
        relations,
        [
            (RelationKind::Condition, 4, 0),
            (RelationKind::Condition, 4, 1),
            (RelationKind::Response, 4, 3),
            (RelationKind::Include, 4, 2),
            (RelationKind::Exclude, 1, 0),
            (RelationKind::Milestone, 0, 4),
        ]
    );
    let warnings: Vec<&str> = reading.diagnostics.iter().map(|d| d.message.as_str()).collect();
    assert_eq!(warnings, ["`soon` is not a length of time; it is not used"]);
}

#[test]
fn a_board_is_one_behind_any_prefix_and_without_one() {
    let graph = read_dcr(BOARD).graph;
    for board in [
        BOARD.replace("dcr:", "x:").replace("xmlns:dcr=", "xmlns:x="),
        BOARD.replace("<dcr:", "<").replace("</dcr:", "</").replace("xmlns:dcr=", "xmlns="),
        BOARD.replace("\n", "\r\n"),
    ] {
        assert!(is_dcr(&board), "{board}");
        assert_eq!(read_dcr(&board).graph, graph, "{board}");
    }
    for other in
        ["<definitions/>", "<a><!-- dcrGraph --></a>", "<utility_space name='dcrgraph'/>", "dcrgraph: 1"]
    {
        assert!(!is_dcr(other), "{other}");
    }
}

#[test]
fn what_is_wrong_on_a_board_has_its_place_and_a_way_out() {
    for (from, to, underlined, says, severity) in [
        (r#"sourceRef="clear""#, r#"sourceRef="cleer""#, "cleer", "no event `cleer`", Severity::Error),
        (r#"id="date""#, r#"id="clear""#, "clear", "two events with the id `clear`", Severity::Error),
        (
            r#"type="milestone""#,
            r#"type="spawn""#,
            "spawn",
            "relations of the type `spawn` are not read",
            Severity::Warning,
        ),
        (r#"type="milestone""#, "", "dcr:relation", "a relation needs a `type`", Severity::Error),
        (
            r#"pending="true""#,
            r#"pending="yes""#,
            "yes",
            "`yes` is neither `true` nor `false`",
            Severity::Warning,
        ),
        (
            r#"<dcr:event id="date" role="" />"#,
            r#"<dcr:event id="date"/><dcr:choice/>"#,
            "dcr:choice",
            "`choice` is not read",
            Severity::Warning,
        ),
        (r#"id="r4""#, r#"id="r4" expressionId="large""#, "large", "a guard is not read", Severity::Warning),
    ] {
        let source = BOARD.replacen(from, to, 1);
        let reading = read_dcr(&source);
        let found = reading.diagnostics.iter().find(|d| d.message.contains(says));
        let found = found.unwrap_or_else(|| panic!("{says}: {:#?}", reading.diagnostics));
        let span = found.span.expect("a place");
        assert_eq!(&source[span.start..span.end], underlined);
        assert_eq!(found.severity, severity);
        assert!(!found.help.is_empty());
    }
}

drawn! { 256;
    #[test]
    fn no_text_on_a_board_makes_the_reader_panic(cut in 0..BOARD.len(), gone in 0usize..80, put in "[ -~\u{e9}\n]{0,20}") {
        let end = (cut + gone).min(BOARD.len());
        check(&format!("{}{put}{}", &BOARD[..cut], &BOARD[end..]));
    }
}
