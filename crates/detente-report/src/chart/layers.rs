//! Boxes in layers and lines between them: which box stands in which layer, in which order, and where.
//!
//! The layers are those of the longest paths with a bound on their width (Coffman and Graham 1972), the order
//! within them is by barycentres (Sugiyama, Tagawa and Toda 1981). All ties fall to what comes first, so that
//! the same boxes and lines always lie in the same way.

/// What stands in a layer: a box, or a line that passes through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Item {
    Box(usize),
    Line(usize),
}

/// Boxes and lines in layers.
#[derive(Debug)]
pub(super) struct Layers {
    /// The items of each layer, in order.
    pub(super) layers: Vec<Vec<Item>>,
    /// The layer of each box.
    pub(super) of: Vec<usize>,
    /// Each line as it runs through the layers: from the earlier box to the later one.
    pub(super) lines: Vec<(usize, usize)>,
    /// Whether a line runs against the layers.
    pub(super) turned: Vec<bool>,
}

/// Sweeps over the layers until the order is taken as it is.
const SWEEPS: usize = 24;

impl Layers {
    /// Boxes of an earlier block stand before those of a later one; at most so many boxes share a layer.
    pub(super) fn new(blocks: &[usize], lines: &[(usize, usize)], most: usize) -> Layers {
        let n = blocks.len();
        let mut after: Vec<Vec<usize>> = vec![Vec::new(); n];
        let mut oriented = Vec::new();
        let mut turned = Vec::new();
        for (from, to) in lines {
            let back =
                blocks[*from] > blocks[*to] || blocks[*from] == blocks[*to] && reaches(&after, *to, *from);
            let (from, to) = if back { (*to, *from) } else { (*from, *to) };
            after[from].push(to);
            oriented.push((from, to));
            turned.push(back);
        }
        let of = assigned(blocks, &after, most);
        let mut layers: Vec<Vec<Item>> = vec![Vec::new(); of.iter().max().map_or(0, |last| last + 1)];
        (0..n).for_each(|own| layers[of[own]].push(Item::Box(own)));
        for (k, (from, to)) in oriented.iter().enumerate() {
            (of[*from] + 1..of[*to]).for_each(|layer| layers[layer].push(Item::Line(k)));
        }
        let mut found = Layers { layers, of, lines: oriented, turned };
        found.order();
        found
    }

    /// The item of a line in a layer that it reaches.
    fn item(&self, line: usize, layer: usize) -> Item {
        let (from, to) = self.lines[line];
        match layer {
            layer if layer == self.of[from] => Item::Box(from),
            layer if layer == self.of[to] => Item::Box(to),
            _ => Item::Line(line),
        }
    }

    fn position(&self, layer: usize, item: Item) -> usize {
        self.layers[layer].iter().position(|other| *other == item).unwrap_or(0)
    }

    /// Positions in a layer and in the next that a line connects.
    fn joined(&self, layer: usize) -> Vec<(usize, usize)> {
        let spans = |line: &usize| {
            let (from, to) = self.lines[*line];
            self.of[from] <= layer && layer < self.of[to]
        };
        let pair = |line: usize| {
            let place = |layer| self.position(layer, self.item(line, layer));
            (place(layer), place(layer + 1))
        };
        (0..self.lines.len()).filter(spans).map(pair).collect()
    }

    fn crossings(&self) -> usize {
        let in_gap = |layer: usize| {
            let joined = self.joined(layer);
            let crosses = |a: &(usize, usize), b: &(usize, usize)| (a.0 < b.0 && a.1 > b.1) as usize;
            joined.iter().map(|a| joined.iter().map(|b| crosses(a, b)).sum::<usize>()).sum::<usize>()
        };
        (0..self.layers.len().saturating_sub(1)).map(in_gap).sum()
    }

    /// Sorts each layer by where its neighbours stand, forwards and backwards, and keeps the best.
    fn order(&mut self) {
        let n = self.layers.len();
        let mut best = (self.crossings(), self.layers.clone());
        for sweep in 0..SWEEPS {
            let forwards = sweep % 2 == 0;
            for step in 1..n {
                let layer = if forwards { step } else { n - 1 - step };
                self.sort(layer, forwards);
            }
            let crossings = self.crossings();
            if crossings < best.0 {
                best = (crossings, self.layers.clone());
            }
        }
        self.layers = best.1;
    }

    fn sort(&mut self, layer: usize, forwards: bool) {
        let joined = self.joined(if forwards { layer - 1 } else { layer });
        let centre = |own: usize| {
            let near: Vec<f64> = joined
                .iter()
                .map(|(a, b)| if forwards { (*b, *a) } else { (*a, *b) })
                .filter(|(this, _)| *this == own)
                .map(|(_, other)| other as f64)
                .collect();
            if near.is_empty() { own as f64 } else { near.iter().sum::<f64>() / near.len() as f64 }
        };
        let mut keyed: Vec<(f64, Item)> =
            self.layers[layer].iter().enumerate().map(|(own, item)| (centre(own), *item)).collect();
        keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
        self.layers[layer] = keyed.into_iter().map(|(_, item)| item).collect();
    }

    /// The middle of each item across its layer: as near to its neighbours as its own layer allows.
    pub(super) fn middles(&self, size: &dyn Fn(Item) -> f64, gap: f64, extent: f64) -> Vec<Vec<f64>> {
        let sizes: Vec<Vec<f64>> =
            self.layers.iter().map(|layer| layer.iter().map(|item| size(*item)).collect()).collect();
        let start = |sizes: &Vec<f64>| settled(sizes, &vec![extent / 2.0; sizes.len()], gap, extent);
        let mut middles: Vec<Vec<f64>> = sizes.iter().map(start).collect();
        let joined: Vec<Vec<(usize, usize)>> =
            (0..self.layers.len().saturating_sub(1)).map(|layer| self.joined(layer)).collect();
        let n = self.layers.len();
        for sweep in 0..SWEEPS {
            for step in 0..n {
                let layer = if sweep % 2 == 0 { step } else { n - 1 - step };
                let wanted: Vec<f64> = (0..sizes[layer].len())
                    .map(|own| {
                        let before = joined.get(layer.wrapping_sub(1)).into_iter().flatten();
                        let before =
                            before.filter(|pair| pair.1 == own).map(|pair| middles[layer - 1][pair.0]);
                        let behind = joined.get(layer).into_iter().flatten();
                        let behind =
                            behind.filter(|pair| pair.0 == own).map(|pair| middles[layer + 1][pair.1]);
                        let near: Vec<f64> = before.chain(behind).collect();
                        match near.len() {
                            0 => middles[layer][own],
                            n => near.iter().sum::<f64>() / n as f64,
                        }
                    })
                    .collect();
                middles[layer] = settled(&sizes[layer], &wanted, gap, extent);
            }
        }
        middles
    }
}

fn reaches(after: &[Vec<usize>], from: usize, to: usize) -> bool {
    let mut seen = vec![false; after.len()];
    let mut open = vec![from];
    while let Some(own) = open.pop() {
        if own == to {
            return true;
        }
        if !std::mem::replace(&mut seen[own], true) {
            open.extend(&after[own]);
        }
    }
    false
}

/// The layer of each box: the earliest with room, those before the longest way to an end first.
fn assigned(blocks: &[usize], after: &[Vec<usize>], most: usize) -> Vec<usize> {
    let n = blocks.len();
    let mut heights = vec![0; n];
    // The longest way has at most n boxes.
    for _ in 0..n {
        for own in 0..n {
            heights[own] = after[own].iter().map(|other| heights[*other] + 1).max().unwrap_or(0);
        }
    }
    let mut of: Vec<Option<usize>> = vec![None; n];
    let mut layer = 0;
    for block in 0..=blocks.iter().copied().max().unwrap_or(0) {
        let members: Vec<usize> = (0..n).filter(|own| blocks[*own] == block).collect();
        while members.iter().any(|own| of[*own].is_none()) {
            let is_free = |own: &usize| {
                (0..n).all(|other| !after[other].contains(own) || of[other].is_some_and(|at| at < layer))
            };
            let mut free: Vec<usize> =
                members.iter().copied().filter(|own| of[*own].is_none()).filter(is_free).collect();
            free.sort_by_key(|own| (std::cmp::Reverse(heights[*own]), *own));
            free.iter().take(most.max(1)).for_each(|own| of[*own] = Some(layer));
            layer += 1;
        }
    }
    of.into_iter().map(|layer| layer.unwrap_or(0)).collect()
}

/// Middles as near to those wanted as can be without overlap, by least squares (pooling adjacent violators).
fn settled(sizes: &[f64], wanted: &[f64], gap: f64, extent: f64) -> Vec<f64> {
    let mut offsets: Vec<f64> = Vec::new();
    for (k, size) in sizes.iter().enumerate() {
        let before = offsets.last().copied().unwrap_or(0.0);
        offsets.push(if k == 0 { 0.0 } else { before + (sizes[k - 1] + size) / 2.0 + gap });
    }
    let mut pools: Vec<(f64, usize)> = Vec::new();
    for (want, offset) in wanted.iter().zip(&offsets) {
        pools.push((want - offset, 1));
        while let [.., a, b] = pools[..] {
            if a.0 <= b.0 {
                break;
            }
            pools.truncate(pools.len() - 2);
            pools.push(((a.0 * a.1 as f64 + b.0 * b.1 as f64) / (a.1 + b.1) as f64, a.1 + b.1));
        }
    }
    let low = sizes.first().map_or(0.0, |size| size / 2.0);
    let high = extent - sizes.last().map_or(0.0, |size| size / 2.0) - offsets.last().copied().unwrap_or(0.0);
    let flat = pools.into_iter().flat_map(|(mean, n)| std::iter::repeat_n(mean, n));
    flat.zip(&offsets).map(|(mean, offset)| mean.min(high).max(low) + offset).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_stands_after_all_that_it_waits_for() {
        let layers = Layers::new(&[0; 4], &[(0, 1), (1, 2), (0, 2), (2, 3)], 3);
        assert_eq!(layers.of, [0, 1, 2, 3]);
        assert_eq!(layers.layers[1].len(), 2, "the long line passes the second layer");
    }

    #[test]
    fn layers_are_no_wider_than_allowed() {
        let layers = Layers::new(&[0; 7], &[(0, 6)], 3);
        assert!(
            layers
                .layers
                .iter()
                .all(|layer| { layer.iter().filter(|item| matches!(item, Item::Box(_))).count() <= 3 })
        );
    }

    #[test]
    fn a_circle_is_drawn_with_one_line_turned() {
        let layers = Layers::new(&[0; 3], &[(0, 1), (1, 2), (2, 0)], 3);
        assert_eq!((layers.of, layers.turned), (vec![0, 1, 2], vec![false, false, true]));
    }

    #[test]
    fn an_earlier_block_stands_before_a_later_one() {
        let layers = Layers::new(&[1, 0, 0], &[(1, 2)], 3);
        assert_eq!(layers.of, [2, 0, 1]);
    }

    #[test]
    fn lines_are_untangled() {
        let layers = Layers::new(&[0; 4], &[(0, 3), (1, 2)], 3);
        assert_eq!(layers.crossings(), 0, "{layers:?}");
    }

    #[test]
    fn nothing_overlaps_and_nothing_leaves_the_picture() {
        let middles = settled(&[10.0, 20.0, 10.0], &[50.0, 50.0, 0.0], 5.0, 60.0);
        assert!(middles[0] >= 5.0 && middles[2] <= 55.0, "{middles:?}");
        assert!(middles[1] - middles[0] >= 20.0 && middles[2] - middles[1] >= 20.0, "{middles:?}");
    }
}
