//! Folders that hold several scenarios side by side, each with a domain of its own: variants A, B and C of one domain, as
//! GENIUS ships them, which often differ in a discount only.

use super::scene::slug;
use super::{Findings, ReadOptions, Reader, Role, Text};
use crate::Span;
use std::collections::BTreeSet;

/// A domain and the profiles that belong to it.
struct Variant {
    domain: usize,
    profiles: Vec<usize>,
}

/// Whether `--case` has picked among variants; nothing if which scenario is meant cannot be told, and that was said.
///
/// What belongs to another variant is ignored from then on, so that at most one domain is left beside profiles.
pub(super) fn choose(
    reader: &Reader,
    texts: &[Text],
    roles: &mut [Role],
    options: &ReadOptions,
    findings: &mut Findings,
) -> Option<bool> {
    let of = |wanted: Role| -> Vec<usize> { (0..texts.len()).filter(|k| roles[*k] == wanted).collect() };
    let (domains, profiles) = (of(Role::Domain), of(Role::Profile));
    if domains.len() < 2 || profiles.is_empty() {
        return Some(false);
    }
    let tables = |files: &[usize]| -> Vec<Option<Vec<String>>> {
        files.iter().map(|k| reader.on_the_table.and_then(|of| of(&texts[*k]))).collect()
    };
    let own = tables(&domains);
    let agree = own[0].is_some() && own.iter().all(|table| *table == own[0]);
    let variants = by_names(texts, &domains, &profiles)
        .or_else(|| by_content(&own, &tables(&profiles), &domains, &profiles));
    if !options.parties.is_empty() {
        let seats: Vec<usize> =
            profiles.iter().copied().filter(|k| is_asked_for(&texts[*k], options)).collect();
        let domain = domain_of(&seats, &variants, agree, &domains)
            .or_else(|| fitting(&own, &tables(&seats), &domains));
        let Some(domain) = domain else {
            apart(texts, &seats, &variants, &domains, findings);
            return None;
        };
        keep(texts, roles, &[domain], &profiles, "of another variant");
        return Some(false);
    }
    match variants {
        Some(variants) if agree || options.case.is_some() => {
            let wanted = options.case.unwrap_or(1);
            let n = variants.len();
            let Some(variant) = wanted.checked_sub(1).and_then(|k| variants.get(k)) else {
                findings.misuse =
                    Some(format!("`--case`: there is no variant {wanted}; the folder holds {n}"));
                return None;
            };
            if n > 1 {
                findings.note(format!(
                    "the folder holds {n} variants of a scenario, each with its domain; variant {wanted} is read, with the profiles {}; `--case` picks another, `--parties` picks profiles",
                    names(texts, &variant.profiles, false)
                ));
            }
            keep(texts, roles, &[variant.domain], &variant.profiles, "of another variant");
            Some(true)
        }
        None if agree => {
            findings.note(format!(
                "the domains {} hold the same issues and options",
                names(texts, &domains, false)
            ));
            keep(texts, roles, &domains[..1], &profiles, "the same as the domain that is read");
            Some(false)
        }
        variants => {
            differ(texts, variants.as_deref(), &domains, &profiles, findings);
            None
        }
    }
}

/// Whether `--parties` names a profile.
fn is_asked_for(text: &Text, options: &ReadOptions) -> bool {
    options.parties.iter().any(|wanted| [&text.name, &text.stem, &slug(&text.stem)].contains(&wanted))
}

/// Leaves these files to be read, and no other domain or profile.
fn keep(texts: &[Text], roles: &mut [Role], domains: &[usize], profiles: &[usize], why: &str) {
    for (k, role) in roles.iter_mut().enumerate().take(texts.len()) {
        let is_kept = match role {
            Role::Domain => domains.contains(&k),
            Role::Profile => profiles.contains(&k),
            _ => true,
        };
        if !is_kept {
            *role = Role::Ignored(why.into());
        }
    }
}

/// The domain of some profiles, as far as all are of one variant, or all domains say the same.
fn domain_of(
    seats: &[usize],
    variants: &Option<Vec<Variant>>,
    agree: bool,
    domains: &[usize],
) -> Option<usize> {
    let variant_of = |k: &usize| variants.iter().flatten().find(|variant| variant.profiles.contains(k));
    let of: Vec<usize> = seats.iter().filter_map(variant_of).map(|variant| variant.domain).collect();
    match of.first() {
        Some(first) if agree || (of.len() == seats.len() && of.iter().all(|own| own == first)) => {
            Some(*first)
        }
        // Whoever is asked for and is not there is told of later.
        None if agree || seats.is_empty() => domains.first().copied(),
        _ => None,
    }
}

/// The first domain that says the same as all of these profiles.
fn fitting(own: &[Option<Vec<String>>], seats: &[Option<Vec<String>>], domains: &[usize]) -> Option<usize> {
    let fits = |table: &Option<Vec<String>>| table.is_some() && seats.iter().all(|seat| seat == table);
    own.iter().position(fits).map(|k| domains[k])
}

/// Who belongs to which domain, as the names of the files tell; nothing if they do not.
fn by_names(texts: &[Text], domains: &[usize], profiles: &[usize]) -> Option<Vec<Variant>> {
    let of = |k: &usize| words(&texts[*k].stem);
    let all: Vec<BTreeSet<String>> = domains.iter().map(of).collect();
    // What a domain's name has and not every domain's has.
    let marks: Vec<BTreeSet<String>> = all
        .iter()
        .map(|own| {
            own.iter().filter(|word| !all.iter().all(|other| other.contains(*word))).cloned().collect()
        })
        .collect();
    let belongs = |k: &usize| {
        let own = of(k);
        let marked = |d: usize| usize::from(!marks[d].is_empty() && marks[d].is_subset(&own));
        let shared = |d: usize| common(&texts[*k].stem, &texts[domains[d]].stem);
        only(domains.len(), marked).or_else(|| only(domains.len(), shared))
    };
    grouped(domains, profiles, belongs)
}

/// Who belongs to which domain, as the issues that the files hold tell.
fn by_content(
    own: &[Option<Vec<String>>],
    theirs: &[Option<Vec<String>>],
    domains: &[usize],
    profiles: &[usize],
) -> Option<Vec<Variant>> {
    let belongs = |k: &usize| {
        let table = &theirs[profiles.iter().position(|other| other == k)?];
        only(domains.len(), |d| usize::from(table.is_some() && own[d] == *table))
    };
    grouped(domains, profiles, belongs)
}

/// The one place of the largest number above 0; nothing if several share it.
fn only(n: usize, of: impl Fn(usize) -> usize) -> Option<usize> {
    let most = (0..n).map(&of).max().filter(|most| *most > 0)?;
    let mut best = (0..n).filter(|k| of(*k) == most);
    best.next().filter(|_| best.next().is_none())
}

/// Variants in the order of their domains, if every profile belongs to one and some has two sides at least.
fn grouped(
    domains: &[usize],
    profiles: &[usize],
    belongs: impl Fn(&usize) -> Option<usize>,
) -> Option<Vec<Variant>> {
    let mut found: Vec<Variant> =
        domains.iter().map(|domain| Variant { domain: *domain, profiles: Vec::new() }).collect();
    for k in profiles {
        found[belongs(k)?].profiles.push(*k);
    }
    found.retain(|variant| !variant.profiles.is_empty());
    found.iter().any(|variant| variant.profiles.len() > 1).then_some(found)
}

/// The words and numbers of a name, in small letters.
fn words(stem: &str) -> BTreeSet<String> {
    let kind = |c: char| (c.is_numeric(), c.is_alphabetic());
    let mut found: Vec<String> = vec![String::new()];
    let mut last: Option<char> = None;
    for c in stem.chars() {
        let breaks =
            last.is_some_and(|last| kind(last) != kind(c) || (last.is_lowercase() && c.is_uppercase()));
        if breaks {
            found.push(String::new());
        }
        if c.is_alphanumeric()
            && let Some(word) = found.last_mut()
        {
            word.extend(c.to_lowercase());
        }
        last = Some(c);
    }
    found.into_iter().filter(|word| !word.is_empty()).collect()
}

/// With how many letters two names begin alike.
fn common(a: &str, b: &str) -> usize {
    let (a, b) = (a.chars().flat_map(char::to_lowercase), b.chars().flat_map(char::to_lowercase));
    a.zip(b).take_while(|(a, b)| a == b).count()
}

fn names(texts: &[Text], files: &[usize], for_option: bool) -> String {
    const SOME: usize = 12;
    let name = |k: &usize| match for_option {
        true => texts[*k].stem.clone(),
        false => format!("`{}`", texts[*k].name),
    };
    let mut all: Vec<String> = files.iter().take(SOME).map(name).collect();
    if files.len() > SOME {
        all.push(if for_option { "...".into() } else { format!("{} more", files.len() - SOME) });
    }
    all.join(if for_option { "," } else { ", " })
}

/// Says that profiles were asked for that belong to different domains.
fn apart(
    texts: &[Text],
    seats: &[usize],
    variants: &Option<Vec<Variant>>,
    domains: &[usize],
    findings: &mut Findings,
) {
    let message = format!(
        "the profiles {} do not belong to one domain, and the domains of this folder differ",
        names(texts, seats, false)
    );
    findings.error(domains[1], Span::new(0, 0), message, choices(texts, variants.as_deref(), seats));
}

/// Says that the domains differ, and how to pick.
fn differ(
    texts: &[Text],
    variants: Option<&[Variant]>,
    domains: &[usize],
    profiles: &[usize],
    findings: &mut Findings,
) {
    let message = format!(
        "this is a second domain, and it does not hold the issues and options of `{}`: which scenario is meant cannot be told",
        texts[domains[0]].name
    );
    findings.error(domains[1], Span::new(0, 0), message, choices(texts, variants, profiles));
}

/// What `--parties` could be.
fn choices(texts: &[Text], variants: Option<&[Variant]>, profiles: &[usize]) -> String {
    const SOME: usize = 12;
    let Some(variants) = variants else {
        return format!(
            "pick the profiles of one with `--parties A,B`; here are {}; or put each scenario into a folder of its own",
            names(texts, profiles, false)
        );
    };
    let of = |variant: &Variant| format!("`--parties {}`", names(texts, &variant.profiles, true));
    let mut all: Vec<String> = variants.iter().take(SOME).map(of).collect();
    if variants.len() > SOME {
        all.push(format!("{} more", variants.len() - SOME));
    }
    format!("pick one: {}; or by its number with `--case`", all.join(", "))
}
