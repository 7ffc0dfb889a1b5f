//! Questions about a Rust source, answered on its tokens: comments and strings cannot look like code, and the insides of
//! macros count like all other code.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// A function with its size, signature and body counted.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Function {
    pub(super) name: String,
    pub(super) line: usize,
    pub(super) n_lines: usize,
}

/// The tokens of a source; the error is the line where it stops being Rust.
pub(super) fn parse(text: &str) -> Result<Vec<TokenTree>, usize> {
    match text.parse::<TokenStream>() {
        Ok(stream) => Ok(stream.into_iter().collect()),
        Err(problem) => Err(problem.span().start().line),
    }
}

/// Whether the source begins with docs of its own: `//!` or `#![doc = ...]`.
pub(super) fn has_crate_docs(tokens: &[TokenTree]) -> bool {
    inner_attributes(tokens).any(|attribute| matches!(first_ident(&attribute).as_deref(), Some("doc")))
}

/// Lines on which `unsafe` stands, as a word of the language.
pub(super) fn unsafe_lines(tokens: &[TokenTree]) -> Vec<usize> {
    let mut found = Vec::new();
    each_sequence(tokens, &mut |sequence| {
        found.extend(sequence.iter().filter(|token| is_ident(token, "unsafe")).map(line));
    });
    found
}

/// All functions with a body, those inside others too.
pub(super) fn functions(tokens: &[TokenTree]) -> Vec<Function> {
    let mut found = Vec::new();
    each_sequence(tokens, &mut |sequence| {
        for (index, token) in sequence.iter().enumerate().filter(|(_, token)| is_ident(token, "fn")) {
            found.extend(function(token, &sequence[index + 1..]));
        }
    });
    found
}

fn function(start: &TokenTree, rest: &[TokenTree]) -> Option<Function> {
    // A function pointer's type has no name.
    let Some(TokenTree::Ident(name)) = rest.first() else { return None };
    let body = &rest[braces_or_semicolon(rest)?];
    let TokenTree::Group(body) = body else { return None };
    let n_lines = body.span_close().end().line + 1 - line(start);
    Some(Function { name: name.to_string(), line: line(start), n_lines })
}

/// Lines that name one of the paths. A path is one name or two, or a macro: `SystemTime`, `std::fs`, `println!`. Imports in
/// braces are read too.
pub(super) fn mentions(tokens: &[TokenTree], paths: &[&'static str]) -> Vec<(usize, &'static str)> {
    let mut found = Vec::new();
    each_sequence(tokens, &mut |sequence| {
        for (index, token) in sequence.iter().enumerate() {
            let rest = &sequence[index + 1..];
            let names = paths.iter().filter(|path| match (path.split_once("::"), path.strip_suffix('!')) {
                (Some((parent, child)), _) => is_ident(token, parent) && leads_to(rest, child),
                (None, Some(name)) => {
                    is_ident(token, name) && rest.first().is_some_and(|next| is_punct(next, '!'))
                }
                (None, None) => is_ident(token, path),
            });
            found.extend(names.map(|path| (line(token), *path)));
        }
    });
    found
}

/// Whether the tokens after a name go on with `::child`, or with `::{..., child, ...}`.
fn leads_to(rest: &[TokenTree], child: &str) -> bool {
    match rest {
        [first, second, next, ..] if is_punct(first, ':') && is_punct(second, ':') => match next {
            TokenTree::Group(group) => heads(group).any(|head| is_ident(&head, child)),
            other => is_ident(other, child),
        },
        _ => false,
    }
}

/// The first token of each part between commas.
fn heads(group: &Group) -> impl Iterator<Item = TokenTree> {
    let tokens = contents(group);
    let parts: Vec<_> =
        tokens.split(|token| is_punct(token, ',')).map(|part| part.first().cloned()).collect();
    parts.into_iter().flatten()
}

/// A source without what only exists in tests.
#[derive(Debug)]
pub(super) struct Shipped {
    pub(super) tokens: Vec<TokenTree>,
    /// Modules in files of their own that only exist in tests.
    pub(super) test_modules: Vec<String>,
}

/// Takes out every item marked `#[cfg(test)]`; all of it when the whole source is.
pub(super) fn shipped(tokens: &[TokenTree]) -> Shipped {
    let mut shipped = Shipped { tokens: Vec::new(), test_modules: Vec::new() };
    if inner_attributes(tokens).any(|attribute| is_test_cfg(&attribute)) {
        return shipped;
    }
    let mut rest = tokens;
    while let Some((token, after)) = rest.split_first() {
        rest = after;
        match (token, after.first()) {
            (TokenTree::Punct(_), Some(TokenTree::Group(attribute)))
                if is_punct(token, '#') && is_test_cfg(attribute) =>
            {
                let item = without_attributes(&after[1..]);
                shipped.test_modules.extend(module_in_a_file(item));
                rest = end_of_item(item).map_or(&[], |end| &item[end + 1..]);
            }
            (TokenTree::Group(group), _) => shipped.enter(group),
            _ => shipped.tokens.push(token.clone()),
        }
    }
    shipped
}

impl Shipped {
    fn enter(&mut self, group: &Group) {
        let inner = shipped(&contents(group));
        self.test_modules.extend(inner.test_modules);
        let stream = inner.tokens.into_iter().collect();
        let mut kept = Group::new(group.delimiter(), stream);
        kept.set_span(group.span());
        self.tokens.push(TokenTree::Group(kept));
    }
}

/// `cfg(test)`, or `cfg(all(test, ...))`.
fn is_test_cfg(attribute: &Group) -> bool {
    let tokens = contents(attribute);
    let [name, TokenTree::Group(condition)] = tokens.as_slice() else { return false };
    is_ident(name, "cfg") && requires_test(condition)
}

fn requires_test(condition: &Group) -> bool {
    match contents(condition).as_slice() {
        [only] => is_ident(only, "test"),
        [all, TokenTree::Group(parts)] if is_ident(all, "all") => {
            heads(parts).any(|head| is_ident(&head, "test"))
        }
        _ => false,
    }
}

fn without_attributes(mut item: &[TokenTree]) -> &[TokenTree] {
    while let [hash, TokenTree::Group(_), rest @ ..] = item {
        if !is_punct(hash, '#') {
            break;
        }
        item = rest;
    }
    item
}

/// The name in `mod name;`.
fn module_in_a_file(item: &[TokenTree]) -> Option<String> {
    let start = item.iter().position(|token| is_ident(token, "mod"))?;
    match &item[start..] {
        [_, TokenTree::Ident(name), end, ..] if start <= 2 && is_punct(end, ';') => Some(name.to_string()),
        _ => None,
    }
}

/// Where an item ends: at its braces, or at its semicolon when that comes first or braces may be part of it.
fn end_of_item(item: &[TokenTree]) -> Option<usize> {
    let has = |n_first: usize, words: &[&str]| {
        item.iter().take(n_first).any(|token| words.iter().any(|word| is_ident(token, word)))
    };
    let braces_inside = has(3, &["use", "static", "type", "let", "const"]) && !has(4, &["fn"]);
    if braces_inside { item.iter().position(|token| is_punct(token, ';')) } else { braces_or_semicolon(item) }
}

fn braces_or_semicolon(tokens: &[TokenTree]) -> Option<usize> {
    tokens.iter().position(|token| match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        other => is_punct(other, ';'),
    })
}

/// The insides of the `#![...]` that a source begins with.
fn inner_attributes(tokens: &[TokenTree]) -> impl Iterator<Item = Group> {
    tokens.chunks(3).map_while(|chunk| match chunk {
        [hash, bang, TokenTree::Group(attribute)] if is_punct(hash, '#') && is_punct(bang, '!') => {
            Some(attribute.clone())
        }
        _ => None,
    })
}

/// Visits the tokens themselves and those inside each pair of brackets, at any depth.
fn each_sequence(tokens: &[TokenTree], visit: &mut impl FnMut(&[TokenTree])) {
    visit(tokens);
    for token in tokens {
        if let TokenTree::Group(group) = token {
            each_sequence(&contents(group), visit);
        }
    }
}

fn contents(group: &Group) -> Vec<TokenTree> {
    group.stream().into_iter().collect()
}

fn first_ident(group: &Group) -> Option<String> {
    match group.stream().into_iter().next() {
        Some(TokenTree::Ident(name)) => Some(name.to_string()),
        _ => None,
    }
}

fn is_ident(token: &TokenTree, name: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == name)
}

fn is_punct(token: &TokenTree, character: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == character)
}

fn line(token: &TokenTree) -> usize {
    token.span().start().line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Vec<TokenTree> {
        parse(text).expect("the sample is Rust")
    }

    #[track_caller]
    fn check_mentions(text: &str, expected: &[(usize, &str)]) {
        let paths = ["std::fs", "std::io", "Instant::now", "SystemTime"];
        assert_eq!(mentions(&shipped(&tokens(text)).tokens, &paths), expected, "{text}");
    }

    #[test]
    fn paths_are_found_in_imports_expressions_and_macros() {
        check_mentions("use std::fs;", &[(1, "std::fs")]);
        check_mentions("\nuse std::{collections::BTreeMap, io::Read};", &[(2, "std::io")]);
        check_mentions("fn f() { g(::std::fs::read(x)) }", &[(1, "std::fs")]);
        check_mentions("fn f() { println!(\"{}\", Instant::now()) }", &[(1, "Instant::now")]);
        check_mentions("type T = SystemTime;", &[(1, "SystemTime")]);
    }

    #[test]
    fn a_macro_is_told_from_a_path_of_its_name() {
        let found =
            mentions(&tokens("use draw::many;\nfn f() { draw::g() }\ndraw! { f }\nx::draw!();"), &["draw!"]);
        assert_eq!(found, [(3, "draw!"), (4, "draw!")]);
    }

    #[test]
    fn comments_strings_and_longer_names_are_not_paths() {
        check_mentions("// std::fs\n/// std::io\nconst A: &str = \"std::fs\";", &[]);
        check_mentions("use std::fsx; use my::fs; fn f() { now() }", &[]);
        check_mentions("use std::collections::{io, fs};", &[]);
    }

    #[test]
    fn tests_may_name_what_they_like() {
        check_mentions("#[cfg(test)]\nmod tests { use std::fs; }\nuse std::io;", &[(3, "std::io")]);
        check_mentions("#[cfg(test)] use std::{fs, io}; use std::io;", &[(1, "std::io")]);
        check_mentions(
            "#[cfg(test)] #[rustfmt::skip] const fn f() { std::fs::x() } type T = SystemTime;",
            &[(1, "SystemTime")],
        );
        check_mentions(
            "#[cfg(all(test, unix))] struct S; mod m { #[cfg(test)] fn f() { std::fs::x() } }",
            &[],
        );
        check_mentions("#![cfg(test)] use std::fs;", &[]);
        check_mentions("#[cfg(not(test))] use std::fs;", &[(1, "std::fs")]);
    }

    #[test]
    fn test_modules_in_files_of_their_own_are_named() {
        let found = shipped(&tokens("#[cfg(test)] mod tests; #[cfg(test)] pub(crate) mod more; mod rest;"));
        assert_eq!(found.test_modules, ["tests", "more"]);
    }

    #[track_caller]
    fn check_functions(text: &str, expected: &[(&str, usize, usize)]) {
        let found = functions(&tokens(text));
        let found: Vec<_> = found.iter().map(|f| (f.name.as_str(), f.line, f.n_lines)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_function_is_counted_from_its_signature_to_its_last_brace() {
        check_functions("/// Docs.\nfn f(\n    a: u8,\n) -> u8 {\n    a\n}\n", &[("f", 2, 5)]);
        check_functions("trait T { fn f(&self); fn g(&self) {} }", &[("g", 1, 1)]);
        check_functions("fn f() {\nfn g() {}\n}", &[("f", 1, 3), ("g", 2, 1)]);
        check_functions("type F = fn(u8) -> u8; struct S {}", &[]);
    }

    #[test]
    fn unsafe_is_a_word_of_the_language_and_not_part_of_another() {
        assert_eq!(unsafe_lines(&tokens("#![deny(unsafe_code)]\n// unsafe\nfn f() { unsafe {} }")), [3]);
        assert_eq!(unsafe_lines(&tokens("m!(unsafe { x });")), [1]);
    }

    #[test]
    fn crate_docs_stand_before_everything_else() {
        assert!(has_crate_docs(&tokens("//! Docs.\nfn f() {}")));
        assert!(has_crate_docs(&tokens("#![no_main]\n//! Docs.\n")));
        assert!(has_crate_docs(&tokens("#![doc = include_str!(\"../README.md\")]")));
        assert!(!has_crate_docs(&tokens("/// Docs.\nfn f() {}")));
        assert!(!has_crate_docs(&tokens("mod m { //! Docs.\n }")));
    }

    #[test]
    fn a_source_that_is_not_rust_is_refused_with_its_line() {
        assert_eq!(parse("fn f() {\n}\n}").err(), Some(3));
    }
}
