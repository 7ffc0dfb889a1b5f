//! SPDX licence expressions (SPDX 2.3, annex D): `OR`, `AND`, `WITH` and parentheses, and the old `MIT/Apache-2.0`.

/// A licence expression.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Expression {
    /// One licence, with its exception if it has one: `Apache-2.0 WITH LLVM-exception`.
    Licence(String),
    /// Any one of them is enough.
    Any(Vec<Expression>),
    /// All of them hold at once.
    All(Vec<Expression>),
}

impl Expression {
    /// Whether one can comply with it using only licences that are `allowed`.
    pub(super) fn satisfied(&self, allowed: &dyn Fn(&str) -> bool) -> bool {
        match self {
            Expression::Licence(name) => allowed(name),
            Expression::Any(parts) => parts.iter().any(|part| part.satisfied(allowed)),
            Expression::All(parts) => parts.iter().all(|part| part.satisfied(allowed)),
        }
    }
}

/// Reads an expression; the error says what is wrong with it.
pub(super) fn parse(text: &str) -> Result<Expression, String> {
    let spaced = text.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let mut words: Words = spaced.split_whitespace().collect::<Vec<_>>().into_iter().peekable();
    let expression = any(&mut words)?;
    match words.next() {
        None => Ok(expression),
        Some(word) => Err(format!("`{word}` is not expected there")),
    }
}

type Words<'a> = std::iter::Peekable<std::vec::IntoIter<&'a str>>;

fn any(words: &mut Words) -> Result<Expression, String> {
    let mut parts = vec![all(words)?];
    while words.next_if_eq(&"OR").is_some() {
        parts.push(all(words)?);
    }
    Ok(single_or(parts, Expression::Any))
}

fn all(words: &mut Words) -> Result<Expression, String> {
    let mut parts = vec![term(words)?];
    while words.next_if_eq(&"AND").is_some() {
        parts.push(term(words)?);
    }
    Ok(single_or(parts, Expression::All))
}

fn term(words: &mut Words) -> Result<Expression, String> {
    if words.next_if_eq(&"(").is_none() {
        return licence(words);
    }
    let inner = any(words)?;
    match words.next_if_eq(&")") {
        Some(_) => Ok(inner),
        None => Err("a parenthesis is not closed".to_owned()),
    }
}

fn licence(words: &mut Words) -> Result<Expression, String> {
    let name = identifier(words)?;
    if words.next_if_eq(&"WITH").is_none() {
        return Ok(Expression::Licence(name));
    }
    let exception = identifier(words)?;
    Ok(Expression::Licence(format!("{name} WITH {exception}")))
}

fn identifier(words: &mut Words) -> Result<String, String> {
    match words.next() {
        Some(word) if !["OR", "AND", "WITH", "(", ")"].contains(&word) => Ok(word.to_owned()),
        Some(word) => Err(format!("`{word}` stands where a licence should")),
        None => Err("it ends where a licence should stand".to_owned()),
    }
}

fn single_or(mut parts: Vec<Expression>, wrap: fn(Vec<Expression>) -> Expression) -> Expression {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        last => {
            parts.extend(last);
            wrap(parts)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<bool, &str>) {
        let allowed = |name: &str| ["MIT", "ISC", "Apache-2.0 WITH LLVM-exception"].contains(&name);
        let verdict = parse(text).map(|expression| expression.satisfied(&allowed));
        assert_eq!(verdict, expected.map_err(str::to_owned), "{text}");
    }

    #[test]
    fn one_allowed_alternative_is_enough() {
        check("MIT", Ok(true));
        check("GPL-3.0", Ok(false));
        check("GPL-3.0 OR MIT", Ok(true));
        check("MIT/GPL-3.0", Ok(true));
        check("GPL-2.0/GPL-3.0", Ok(false));
    }

    #[test]
    fn joint_licences_must_all_be_allowed() {
        check("MIT AND ISC", Ok(true));
        check("MIT AND GPL-3.0", Ok(false));
        check("(GPL-3.0 OR MIT) AND ISC", Ok(true));
        check("(GPL-3.0 OR MIT)AND(GPL-2.0)", Ok(false));
    }

    #[test]
    fn and_binds_tighter_than_or() {
        check("MIT OR GPL-2.0 AND GPL-3.0", Ok(true));
        check("GPL-2.0 AND MIT OR ISC AND GPL-3.0", Ok(false));
    }

    #[test]
    fn an_exception_belongs_to_its_licence() {
        check("Apache-2.0 WITH LLVM-exception", Ok(true));
        check("Apache-2.0", Ok(false));
        check("GPL-2.0 WITH Classpath-exception-2.0", Ok(false));
    }

    #[test]
    fn a_broken_expression_is_an_error() {
        check("", Err("it ends where a licence should stand"));
        check("MIT OR", Err("it ends where a licence should stand"));
        check("MIT AND OR ISC", Err("`OR` stands where a licence should"));
        check("(MIT OR ISC", Err("a parenthesis is not closed"));
        check("MIT ISC", Err("`ISC` is not expected there"));
    }
}
