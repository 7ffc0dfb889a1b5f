//! What folders of other systems' files look like where people have them, and what all sides may see of them.

#[allow(dead_code, reason = "interrupting is tested elsewhere")]
mod running;

use running::run;
use serde_json::Value;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// A folder called `talks` with these files, some in folders of their own.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        let path = folder.path().join("talks").join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    folder
}

fn path(folder: &TempDir) -> String {
    folder.path().join("talks").display().to_string()
}

#[track_caller]
fn json(arguments: &[&str]) -> Value {
    let (code, out, err) = run(arguments);
    assert_eq!(code, 0, "{err}");
    serde_json::from_str(&out).expect("JSON")
}

#[track_caller]
fn ids(found: &Value) -> Vec<&str> {
    found["parties"].as_array().expect("parties").iter().filter_map(|party| party["id"].as_str()).collect()
}

/// A scorable game in the layout in which such games are published.
const GAME: [(&str, &str); 7] = [
    (
        "config.txt",
        "Builder,builder,p1,greedy,m\r\nMayor,mayor,p2,cooperative,m\r\nLeague,league,player,cooperative,m\r\n",
    ),
    (
        "global_instructions.txt",
        "Issue A: \"Where\"\r\nA1 \"by the water\": there\r\nA2 \"inland\": here\r\n",
    ),
    ("scores_files/builder.txt", "10, 2\r\n5, 0, 3\r\n8\r\n"),
    ("scores_files/mayor.txt", "1, 6\r\n0, 4, 2\r\n5\r\n"),
    ("scores_files/league.txt", "2, 2\r\n1, 1, 9\r\n3\r\n"),
    (
        "individual_instructions/greedy/builder.txt",
        "Issue A: \"Ours, 10 points\"\r\nA1 \"what we want\": 10\r\n",
    ),
    (
        "individual_instructions/cooperative/mayor.txt",
        "You are the mayor.\r\nIssue A (max score 6): A1 (1), A2 (6)\r\n",
    ),
];

#[test]
fn a_scorable_game_is_read_as_it_is_published() {
    let game = folder(&GAME);
    let found = json(&["analyze", &path(&game), "--format", "json"]);
    assert_eq!(ids(&found), ["builder", "league", "mayor"]);
    assert_eq!(found["outcomes"]["total"], 6);
    let said = found["warnings"].to_string();
    for part in [
        "`scores_files/builder.txt`",
        "an agreement needs 2 of 3 parties",
        "`builder` and `mayor` among them",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    // What a party alone is told names nothing.
    assert!(
        said.contains("`individual_instructions/greedy/builder.txt` (what one party alone is told)"),
        "{said}"
    );
    let (_, page, _) = run(&["analyze", &path(&game)]);
    assert!(page.contains("by the water") && !page.contains("what we want"), "{page}");
}

#[test]
fn a_game_is_read_whatever_lies_beside_and_however_it_is_laid_out() {
    let mut files = GAME.to_vec();
    files.extend([
        ("readme.txt", "A game.\n"),
        ("results/run1/log.txt", "a long talk\n"),
        ("notes.json", "{\"a\": 1}"),
    ]);
    let expected = ["builder", "league", "mayor"];
    assert_eq!(ids(&json(&["analyze", &path(&folder(&files)), "--format", "json"])), expected);
    let deeper: Vec<(String, &str)> = GAME
        .iter()
        .map(|(name, text)| {
            (name.replace("scores_files/", "files/scores/").replace("config", "game/config"), *text)
        })
        .collect();
    let deeper: Vec<(&str, &str)> = deeper.iter().map(|(name, text)| (name.as_str(), *text)).collect();
    let found = json(&["analyze", &path(&folder(&deeper)), "--format", "json"]);
    assert_eq!(ids(&found), expected);
    assert!(found["warnings"].to_string().contains("an agreement needs 2 of 3 parties"));
}

#[test]
fn of_several_games_in_one_folder_none_is_guessed() {
    let mut files = GAME.to_vec();
    files.push(("scores_old/builder.txt", "9, 2\n5, 0, 3\n8\n"));
    let (code, _, err) = run(&["analyze", &path(&folder(&files))]);
    assert_eq!(code, 1);
    assert!(err.contains("tables of scores stand in `scores_files`, `scores_old`"), "{err}");
    assert!(err.contains("name the folder of one game"), "{err}");
}

#[test]
fn a_folder_of_folders_says_which_could_be_meant() {
    let files =
        [("first/domain.json", "{}"), ("second/scenario.yaml", "detente: 1\n"), ("empty/picture.png", "")];
    let (code, _, err) = run(&["analyze", &path(&folder(&files))]);
    assert_eq!(code, 2);
    assert!(err.contains("name one of the folders in it: `first`, `second`"), "{err}");
}

#[test]
fn variants_in_one_folder_are_picked_by_number_or_by_name() {
    let issue = |red: u32, blue: u32| {
        format!(
            r#"<objective index="0"><weight index="1" value="1"/><issue index="1" name="Roof" type="discrete"><item value="red" evaluation="{red}"/><item value="blue" evaluation="{blue}"/></issue></objective>"#
        )
    };
    let domain = format!(
        "<negotiation_template><utility_space>{}</utility_space></negotiation_template>",
        issue(1, 1)
    );
    let profile = |red, blue, discount: f64| {
        format!(
            r#"<utility_space>{}<discount_factor value="{discount}"/><reservation value="0.1"/></utility_space>"#,
            issue(red, blue)
        )
    };
    let texts = [profile(10, 6, 0.5), profile(1, 10, 0.5), profile(10, 6, 1.0), profile(1, 10, 1.0)];
    let folder = folder(&[
        ("Roof-A-domain.xml", &domain),
        ("Roof-A-prof1.xml", &texts[0]),
        ("Roof-A-prof2.xml", &texts[1]),
        ("Roof-B-domain.xml", &domain),
        ("Roof-B-prof1.xml", &texts[2]),
        ("Roof-B-prof2.xml", &texts[3]),
    ]);
    for (more, expected) in [
        (vec![], ["Roof-A-prof1", "Roof-A-prof2"]),
        (vec!["--case", "2"], ["Roof-B-prof1", "Roof-B-prof2"]),
        (vec!["--parties", "Roof-B-prof2,Roof-B-prof1"], ["Roof-B-prof2", "Roof-B-prof1"]),
    ] {
        let talks = path(&folder);
        let asked = [vec!["analyze", &talks, "--format", "json"], more].concat();
        let found = json(&asked);
        assert_eq!(ids(&found), expected);
        assert_eq!(found["outcomes"]["total"], 2);
    }
    let (code, _, err) = run(&["analyze", &path(&folder), "--case", "3"]);
    assert!(code == 2 && err.contains("there is no variant 3; the folder holds 2"), "{code} {err}");
}

/// The page for all sides of these files.
#[track_caller]
fn shared(files: &[(&str, &str)]) -> String {
    let (code, out, err) =
        run(&["analyze", &path(&folder(files)), "--format", "html", "--audience", "shared"]);
    assert_eq!(code, 0, "{err}");
    out
}

#[test]
fn the_page_for_all_sides_does_not_show_in_which_order_a_party_wrote() {
    let negolog = [
        r#"{"reservationValue":0.3,"issueWeights":{"Pay":0.6,"Days":0.4},"issues":{"Pay":{"9":1,"10":0.5,"none":0},"Days":{"x":1,"y":0}}}"#,
        r#"{"reservationValue":0.3,"issueWeights":{"Days":0.4,"Pay":0.6},"issues":{"Days":{"y":0,"x":1},"Pay":{"none":0,"10":0.5,"9":1}}}"#,
    ];
    let web = |domain: &str| {
        format!(
            r#"{{"LinearAdditiveUtilitySpace":{{"name":"p","domain":{{"name":"d","issuesValues":{domain}}},"issueWeights":{{"Pay":0.6,"Days":0.4}},"issueUtilities":{{"Pay":{{"discreteutils":{{"valueUtilities":{{"a":1,"b":0}}}}}},"Days":{{"discreteutils":{{"valueUtilities":{{"x":1,"y":0}}}}}}}}}}}}"#
        )
    };
    let web = [
        web(r#"{"Pay":{"values":["a","b"]},"Days":{"values":["x","y"]}}"#),
        web(r#"{"Days":{"values":["y","x"]},"Pay":{"values":["b","a"]}}"#),
    ];
    let genius = |issues: &str| {
        format!(
            r#"<utility_space><objective index="0"><weight index="1" value="0.6"/><weight index="2" value="0.4"/>{issues}</objective><reservation value="0"/></utility_space>"#
        )
    };
    let genius = [
        genius(
            r#"<issue index="1" name="Pay"><item value="a" evaluation="2"/><item value="b" evaluation="1"/></issue><issue index="2" name="Days"><item value="x" evaluation="2"/><item value="y" evaluation="1"/></issue>"#,
        ),
        genius(
            r#"<issue index="2" name="Days"><item value="y" evaluation="1"/><item value="x" evaluation="2"/></issue><issue index="1" name="Pay"><item value="b" evaluation="1"/><item value="a" evaluation="2"/></issue>"#,
        ),
    ];
    let ufun = |values: &str, mapping: &str| {
        format!(
            "type: LinearAdditiveUtilityFunction\nreserved_value: 0.1\nweights: [1]\nvalues:\n- {{type: TableFun, mapping: {{{mapping}}}}}\noutcome_space: {{type: CartesianOutcomeSpace, issues: [{{name: Pay, type: CategoricalIssue, values: [{values}]}}]}}\n"
        )
    };
    let negmas = [ufun("a, b, c", "a: 1, b: 0.5, c: 0"), ufun("c, a, b", "c: 0, a: 1, b: 0.5")];
    for (ending, [one, other]) in [
        ("json", [negolog[0], negolog[1]]),
        ("json", [&web[0], &web[1]]),
        ("xml", [&genius[0], &genius[1]]),
        ("yaml", [&negmas[0], &negmas[1]]),
    ] {
        let (a, b) = (format!("a.{ending}"), format!("b.{ending}"));
        let first = shared(&[(&a, one), (&b, one)]);
        assert_eq!(first, shared(&[(&a, other), (&b, one)]), "{one}");
        assert_eq!(first, shared(&[(&a, one), (&b, other)]), "{one}");
        assert!(first.contains("Pay"), "{first}");
    }
}

#[test]
fn what_is_read_of_other_systems_is_analysed_and_converted() {
    let folder = folder(&[
        ("pool.txt", "1,2,3 4,0,2 1,3,1\n2,2,2 1,2,2 2,2,1\n"),
        (
            "actors.csv",
            "Actor,Influence,Position,Salience\nNorth,10,20,50\nSouth,5.5,60,100\nGuild,2,100,10\n",
        ),
        ("net.xml", "<net/>"),
    ]);
    let file = |name: &str| folder.path().join("talks").join(name).display().to_string();
    let found = json(&["analyze", &file("pool.txt"), "--format", "json", "--points", "all"]);
    assert_eq!((ids(&found).len(), &found["outcomes"]["total"]), (2, &24.into()));
    assert_eq!(json(&["analyze", &file("actors.csv"), "--format", "json"])["outcomes"]["total"], 21);
    for name in ["pool.txt", "actors.csv"] {
        let own = Path::new(&file(name)).with_extension("out.yaml").display().to_string();
        let (code, _, err) = run(&["convert", &file(name), &own]);
        assert_eq!(code, 0, "{err}");
        let points = |path: &str| json(&["analyze", path, "--format", "json"])["frontier"].clone();
        assert_eq!(points(&own), points(&file(name)), "{name}");
    }
    let (code, _, err) = run(&["analyze", &file("net.xml")]);
    assert!(code == 1 && err.contains("XML whose first element is `net`, which is not read"), "{code} {err}");
    assert!(err.contains("actor tables of KTAB"), "{err}");
}
