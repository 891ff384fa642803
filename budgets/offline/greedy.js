/*
 * The rule by which an assembly decides, in JavaScript (ES2017): the same as budgets/counting/rules.py, and checked
 * with the same vectors (tests/budgets/counting/vectors.json). Amounts are whole cents, never fractions.
 *
 * decideGreedy({rule, budget, minimum_votes, items: [{id, votes, cost}], tie_order: [ids, who wins a tie first]})
 *   -> {winners, cost, reserve, order, tied: [ids], reasons: {id: code}, left: {id: cents at its turn}}
 */
"use strict";

function decideGreedy(election) {
  const rank = new Map(election.tie_order.map((id, place) => [id, place]));
  const items = election.items.slice();
  if (rank.size !== items.length || items.some((item) => !rank.has(item.id))) {
    throw new Error("the order of ties must name each project once");
  }
  items.sort((a, b) => b.votes - a.votes || rank.get(a.id) - rank.get(b.id));
  const skips = election.rule === "greedy";
  if (!skips && election.rule !== "greedy-no-skip") {
    throw new Error("unknown rule");
  }
  const result = { winners: [], cost: 0, reserve: [], order: items.map((item) => item.id), tied: [], reasons: {}, left: {} };
  const standing = [];
  for (const item of items) {
    if (item.votes < election.minimum_votes) {
      result.reasons[item.id] = item.votes > 0 ? "below_minimum" : "no_votes";
    } else {
      standing.push(item);
    }
  }
  let left = election.budget;
  let stopped = false;
  for (let start = 0; start < standing.length; ) {
    let end = start;
    while (end < standing.length && standing[end].votes === standing[start].votes) {
      end += 1;
    }
    const group = standing.slice(start, end);
    start = end;
    if (!stopped) {
      const tie = tieOf(group, left, skips);
      if (tie.length) {
        result.tied.push(...tie);
      }
    }
    for (const item of group) {
      if (!stopped && item.cost <= left) {
        result.reasons[item.id] = "funded";
        result.left[item.id] = left;
        result.winners.push(item.id);
        left -= item.cost;
        continue;
      }
      if (stopped) {
        result.reasons[item.id] = "stopped";
      } else {
        result.reasons[item.id] = "does_not_fit";
        result.left[item.id] = left;
      }
      result.reserve.push(item.id);
      stopped = stopped || !skips;
    }
  }
  result.cost = election.budget - left;
  return result;
}

/* Of a group with equal votes, those whose fate hangs on the order of ties. */
function tieOf(group, left, skips) {
  const fitting = group.filter((item) => item.cost <= left);
  const rivals = skips ? fitting : group;
  const together = rivals.reduce((sum, item) => sum + item.cost, 0);
  return fitting.length && rivals.length > 1 && together > left ? rivals.map((item) => item.id) : [];
}

if (typeof module !== "undefined") {
  module.exports = { decideGreedy };
}
