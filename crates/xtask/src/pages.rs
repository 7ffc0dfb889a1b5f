//! Opens every page in a browser, as its readers do: on a wide screen, on a phone, on paper.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::ci::install;
use crate::{Verdict, shell};

/// The browser; a plain headless Chromium would lay a phone's width out wider.
pub(crate) const BROWSER: &str = "chromium-headless-shell";
/// Reads the text of each printed page.
pub(crate) const PDF_TEXT: &str = "pdftotext";
/// Where pages and pictures go; ignored by git.
const FOLDER: &str = "target/pages";
/// Widths of a desk and of a phone, in CSS pixels.
const WIDTHS: [u32; 2] = [1280, 390];
/// What every printed page of the team's must say.
const MARK: &str = "Confidential";
/// The picture in the README: which page, how wide and high.
const PICTURE: (&str, &str, &str) = ("catalog/cases/ceasefire", "docs/page.png", "860,1240");

/// Why the pages cannot be opened here, if they cannot.
pub(crate) fn missing(root: &Path) -> Option<String> {
    install::package(root, BROWSER, BROWSER, "--version").err()
}

/// Checks all pages.
pub(crate) fn check(root: &Path) -> Result<Verdict> {
    let made = make_all(root)?;
    let mut problems = Vec::new();
    for page in &made {
        problems.extend(console(page)?);
        for width in WIDTHS {
            problems.extend(overflow(page, width)?);
        }
    }
    let teams: Vec<&PathBuf> = made.iter().filter(|page| !is_shared(page)).collect();
    match install::package(root, PDF_TEXT, "poppler-utils", "-v") {
        Ok(()) => {
            for page in &teams {
                problems.extend(unmarked(page)?);
            }
        }
        Err(reason) => println!("skipped: printed pages were not read: {reason}"),
    }
    for problem in &problems {
        eprintln!("error: {problem}");
    }
    println!(
        "{} pages opened at {WIDTHS:?} pixels, {} printed, {} problems",
        made.len(),
        teams.len(),
        problems.len()
    );
    Ok(Verdict::of(problems.len()))
}

/// Takes a picture of every page, light and dark, wide and narrow, and the one of the README.
pub(crate) fn pictures(root: &Path) -> Result<Verdict> {
    if let Some(reason) = missing(root) {
        bail!("{reason}");
    }
    for page in make_all(root)? {
        for width in WIDTHS {
            for (name, dark) in [("light", false), ("dark", true)] {
                let picture = page.with_extension(format!("{width}-{name}.png"));
                screenshot(&page, &picture, &format!("{width},6000"), dark)?;
            }
        }
    }
    let (scenario, picture, size) = PICTURE;
    let page = make(root, &root.join(scenario), false)?;
    screenshot(&page, &root.join(picture), size, false)?;
    println!("wrote {picture} and the pictures in {FOLDER}");
    Ok(Verdict::Clean)
}

fn make_all(root: &Path) -> Result<Vec<PathBuf>> {
    let mut made = Vec::new();
    for scenario in scenarios(root)? {
        for shared in [false, true] {
            made.push(make(root, &scenario, shared)?);
        }
    }
    Ok(made)
}

/// Folders of the catalog that hold a scenario, and the cases that are hard for a page alone.
fn scenarios(root: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![root.join("catalog"), root.join("crates/detente-cli/tests/pages")];
    while let Some(folder) = folders.pop() {
        for entry in
            fs::read_dir(&folder).with_context(|| format!("`{}` cannot be read", folder.display()))?
        {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "yaml") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn make(root: &Path, scenario: &Path, shared: bool) -> Result<PathBuf> {
    fs::create_dir_all(root.join(FOLDER))?;
    let named =
        if scenario.ends_with("scenario.yaml") { scenario.parent().unwrap_or(scenario) } else { scenario };
    let name = named.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let (audience, ending) = if shared { ("shared", "shared.html") } else { ("team", "html") };
    let page = root.join(FOLDER).join(format!("{name}.{ending}"));
    let (scenario, out) = (scenario.display().to_string(), page.display().to_string());
    let mut args =
        vec!["run", "--quiet", "--release", "--locked", "-p", "detente-cli", "--", "--quiet", "analyze"];
    args.extend([&scenario, "--format", "html", "--audience", audience, "--out", &out]);
    shell::capture(&mut shell::cargo(root, &args))?;
    Ok(page)
}

fn is_shared(page: &Path) -> bool {
    page.to_string_lossy().ends_with(".shared.html")
}

/// What the browser prints on stdout and on stderr.
fn browse(page: &Path, more: &[&str]) -> Result<(String, String)> {
    let mut command = Command::new(BROWSER);
    command
        .args(["--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--enable-logging=stderr"])
        .args(more);
    let output = command.arg(format!("file://{}", page.display())).stdin(Stdio::null()).output()?;
    if !output.status.success() {
        bail!("`{BROWSER}` failed on `{}` ({})", page.display(), output.status);
    }
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok((text(&output.stdout), text(&output.stderr)))
}

/// Messages on the browser's console: a page has nothing to say there.
fn console(page: &Path) -> Result<Vec<String>> {
    let (_, said) = browse(page, &["--dump-dom"])?;
    let told = said.lines().filter(|line| line.contains(":CONSOLE"));
    Ok(told.map(|line| format!("`{}`: {line}", page.display())).collect())
}

/// Says in the title how wide the page came out, what reaches beyond its edge, which tables that are open from the
/// start do not fit, and which texts of pictures reach out of them or lie over each other.
const PROBE: &str = "<script>
document.querySelectorAll('details').forEach(d => d.open = true);
const edge = document.documentElement.clientWidth + 1;
const beyond = [...document.querySelectorAll('body *')].filter(
  e => !e.closest('.scroll') && !e.closest('svg') && !e.closest('.unseen') && e.getBoundingClientRect().right > edge
).map(e => e.tagName + ' ' + e.textContent.trim().slice(0, 30));
for (const table of document.querySelectorAll('.scroll')) {
  if (!table.closest('details') && table.scrollWidth > table.clientWidth + 1) {
    beyond.push('a table to be pushed aside: ' + table.getAttribute('aria-label'));
  }
}
for (const svg of document.querySelectorAll('svg')) {
  const all = svg.getBoundingClientRect();
  if (all.width === 0) continue;
  const texts = [...svg.querySelectorAll('text')].map(t => [t.textContent, t.getBoundingClientRect()]);
  texts.forEach(([says, a], k) => {
    if (a.left < all.left - 1 || a.right > all.right + 1 || a.top < all.top - 2 || a.bottom > all.bottom + 2) {
      beyond.push('cut: ' + says);
    }
    for (const [other, b] of texts.slice(0, k)) {
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (Math.min(across, down) > 4) beyond.push('over each other: ' + says + ' / ' + other);
    }
  });
}
document.title = 'PROBE ' + document.documentElement.scrollWidth + ' ' + beyond.slice(0, 5).join('; ');
</script>";

/// What makes the page wider than the window. The copy that is probed has no policy, so that it may run the probe.
fn overflow(page: &Path, width: u32) -> Result<Vec<String>> {
    let text = fs::read_to_string(page)?;
    let open: Vec<&str> = text.lines().filter(|line| !line.contains("Content-Security-Policy")).collect();
    let probe = page.with_extension("probe.html");
    fs::write(&probe, open.join("\n") + PROBE)?;
    let (dom, _) = browse(&probe, &["--dump-dom", &format!("--window-size={width},2000")])?;
    let found = dom.split("<title>PROBE ").nth(1).and_then(|rest| rest.split("</title>").next());
    let Some(found) = found else { bail!("the probe of `{}` did not run", page.display()) };
    let (wide, beyond) = found.split_once(' ').unwrap_or((found, ""));
    let fits = wide.parse::<u32>().is_ok_and(|wide| wide <= width) && beyond.is_empty();
    let problem = || format!("`{}` is {wide} wide in a window of {width}, and has: {beyond}", page.display());
    Ok(if fits { Vec::new() } else { vec![problem()] })
}

/// Printed pages that do not say that they are confidential.
fn unmarked(page: &Path) -> Result<Vec<String>> {
    let pdf = page.with_extension("pdf");
    browse(page, &[&format!("--print-to-pdf={}", pdf.display())])?;
    let (pdf, name) = (pdf.display().to_string(), page.display());
    let text = shell::capture(Command::new(PDF_TEXT).args([&pdf, "-"]))?;
    // A form feed ends each page.
    let pages: Vec<&str> = text.trim_end_matches('\u{c}').split('\u{c}').collect();
    let without = pages.iter().enumerate().filter(|(_, text)| !text.contains(MARK));
    Ok(without.map(|(k, _)| format!("`{name}`: printed page {} does not say `{MARK}`", k + 1)).collect())
}

fn screenshot(page: &Path, picture: &Path, size: &str, dark: bool) -> Result<()> {
    let (shot, window) = (format!("--screenshot={}", picture.display()), format!("--window-size={size}"));
    let mut more = vec![shot.as_str(), window.as_str()];
    if dark {
        more.push("--blink-settings=preferredColorScheme=0");
    }
    browse(page, &more).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scenario_of_the_catalog_gets_a_page() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let found = scenarios(&root).expect("scenarios");
        assert!(found.iter().any(|path| path.ends_with("ceasefire/scenario.yaml")), "{found:?}");
        assert!(found.iter().any(|path| path.ends_with("right-to-left.yaml")), "{found:?}");
    }

    #[test]
    fn shared_pages_are_told_by_their_name() {
        assert!(is_shared(Path::new("a/pie.shared.html")) && !is_shared(Path::new("a/shared.html")));
    }
}
