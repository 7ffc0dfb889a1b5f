//! Shell commands in the fenced code blocks of a page.

/// A command as it stands in the page; continued lines are joined.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// Where it begins, counted from 1.
    pub(super) number: usize,
    pub(super) text: String,
}

/// Tags of blocks that people type into a shell. A block without a tag may be one.
const SHELLS: &[&str] = &["", "sh", "bash", "zsh", "shell", "console", "shell-session"];

/// All commands of a page. In a block with a prompt, the lines without one are output.
pub(super) fn commands(page: &str) -> Vec<Line> {
    blocks(page).iter().flat_map(|block| typed(block)).collect()
}

/// Numbered lines of each shell block.
fn blocks(page: &str) -> Vec<Vec<(usize, &str)>> {
    let mut blocks = Vec::new();
    let mut lines = page.lines().enumerate();
    while let Some((_, line)) = lines.next() {
        let Some((fence, tag)) = opening(line) else { continue };
        let closes = |line: &str| line.trim_end().trim_start_matches(fence).is_empty() && line.len() >= 3;
        let inside = lines.by_ref().take_while(|(_, line)| !closes(line.trim()));
        let block = inside.map(|(index, line)| (index + 1, line.trim())).collect();
        if SHELLS.contains(&tag) {
            blocks.push(block);
        }
    }
    blocks
}

/// The character of the fence that the line opens, and the block's tag.
fn opening(line: &str) -> Option<(char, &str)> {
    let line = line.trim();
    let fence = ['`', '~'].into_iter().find(|c| line.starts_with(&c.to_string().repeat(3)))?;
    let info = line.trim_start_matches(fence);
    Some((fence, info.split([' ', ',']).find(|word| !word.is_empty()).unwrap_or_default()))
}

fn typed(block: &[(usize, &str)]) -> Vec<Line> {
    let prompted = block.iter().any(|(_, line)| line.starts_with("$ "));
    let mut found: Vec<Line> = Vec::new();
    let mut goes_on = false;
    for (number, line) in block {
        let text = line.strip_prefix("$ ").unwrap_or(line);
        let (text, continued) = text.strip_suffix('\\').map_or((text, false), |text| (text, true));
        match found.last_mut() {
            Some(last) if goes_on => last.text.push_str(&format!(" {}", text.trim())),
            _ if prompted && !line.starts_with("$ ") => continue,
            _ => found.push(Line { number: *number, text: text.trim().to_owned() }),
        }
        goes_on = continued;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(page: &str, expected: &[(usize, &str)]) {
        let found = commands(page);
        let found: Vec<(usize, &str)> = found.iter().map(|line| (line.number, line.text.as_str())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn only_shell_blocks_hold_commands() {
        check("detente a\n```sh\ndetente b\n```\ndetente c\n", &[(3, "detente b")]);
        check("```\ndetente b\n```\n", &[(2, "detente b")]);
        check("```yaml\ndetente: b\n```\n```text\ndetente b\n```\n", &[]);
        check("~~~bash title=x\ndetente b\n~~~\n", &[(2, "detente b")]);
    }

    #[test]
    fn a_prompt_makes_the_other_lines_output() {
        check("```console\n$ detente b\ndetente 0.1.0\n```\n", &[(2, "detente b")]);
    }

    #[test]
    fn a_backslash_joins_lines() {
        check("```sh\ndetente b \\\n  --top 3\nls\n```\n", &[(2, "detente b --top 3"), (4, "ls")]);
        check("```sh\n$ detente b \\\n  --top 3\nout\n```\n", &[(2, "detente b --top 3")]);
    }

    #[test]
    fn a_block_that_is_never_closed_ends_with_the_page() {
        check("```sh\ndetente b", &[(2, "detente b")]);
    }
}
