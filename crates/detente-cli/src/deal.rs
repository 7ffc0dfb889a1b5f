//! A deal named on the command line: `issue=option,issue=option`, every issue once.

use crate::output::Failure;
use detente_model::{Issue, OptionId, Outcome, Talks};

/// Reads a deal. An option may hold a comma: what follows one belongs to the option unless it names
/// an issue.
pub(crate) fn read(talks: &Talks, text: &str) -> Result<Outcome, Failure> {
    let wrong = |message: String| Failure::Message(format!("`--deal {text}`: {message}"));
    let mut options = vec![None; talks.issues.len()];
    for (issue, option) in parts(talks, text).map_err(wrong)? {
        let of = &talks.issues[issue];
        let found = of.find(&option).or_else(|| of.find(option.trim()));
        let unknown =
            || format!("`{}` has no option `{}`; it has {}", of.id, option.trim(), some(option_ids(of)));
        let option = found.ok_or_else(|| wrong(unknown()))?;
        if options[issue].replace(option).is_some() {
            return Err(wrong(format!("`{}` is given twice", of.id)));
        }
    }
    let missing = talks.issues.iter().zip(&options).filter(|(_, option)| option.is_none());
    let missing: Vec<String> = missing.map(|(issue, _)| issue.id.clone()).collect();
    match options.into_iter().collect::<Option<Vec<OptionId>>>() {
        Some(options) => Ok(Outcome(options)),
        None => Err(wrong(format!("a deal answers every issue; add {}", some(missing.into_iter())))),
    }
}

/// Issues with the texts of their options.
fn parts(talks: &Talks, text: &str) -> Result<Vec<(usize, String)>, String> {
    let mut parts: Vec<(usize, String)> = Vec::new();
    let mut rest = Some(text);
    while let Some(here) = rest {
        let named = named(talks, here);
        let own = named.map_or(here, |(_, option)| option);
        let (part, after) = own.split_once(',').map_or((own, None), |(part, after)| (part, Some(after)));
        // Where nothing is named, or what is would go on with an option that has such a name.
        let before = &here[..here.len() - after.map_or(0, |after| after.len() + 1)];
        let longer = parts.last().map(|(issue, option)| (*issue, format!("{option},{before}")));
        let begins_one = |(issue, text): &(usize, String)| {
            option_ids(&talks.issues[*issue]).any(|id| id.starts_with(text.trim_start()))
        };
        match (named, longer.filter(begins_one)) {
            (Some((issue, _)), _) => parts.push((issue, part.to_owned())),
            (None, Some(longer)) => {
                parts.pop();
                parts.push(longer);
            }
            (None, None) if part.trim().is_empty() => {}
            (None, None) => return Err(no_part(talks, part.trim())),
        }
        rest = after;
    }
    Ok(parts)
}

/// The issue that a text begins with, the longest where several fit, and what stands behind its `=`.
fn named<'a>(talks: &Talks, text: &'a str) -> Option<(usize, &'a str)> {
    let option = |id: &str| text.trim_start().strip_prefix(id)?.trim_start().strip_prefix('=');
    let found = talks.issues.iter().enumerate().filter_map(|(k, issue)| Some((k, option(&issue.id)?)));
    found.max_by_key(|(k, _)| talks.issues[*k].id.len())
}

fn no_part(talks: &Talks, part: &str) -> String {
    match part.split_once('=') {
        None => format!("`{part}` is not of the form issue=option"),
        Some((issue, _)) => {
            let known = some(talks.issues.iter().map(|issue| issue.id.clone()));
            format!("there is no issue `{}`; the issues are {known}", issue.trim())
        }
    }
}

fn option_ids(issue: &Issue) -> impl Iterator<Item = String> + '_ {
    (0..issue.n_options()).map(|k| issue.option_id(OptionId(k)).into_owned())
}

/// Some of many ids.
fn some(ids: impl Iterator<Item = String>) -> String {
    const SOME: usize = 20;
    let mut ids: Vec<String> = ids.take(SOME + 1).map(|id| format!("`{id}`")).collect();
    if ids.len() > SOME {
        ids.truncate(SOME);
        ids.push("...".into());
    }
    ids.join(", ")
}
