"""BG/NBD and Gamma-Gamma written down a second time, slowly, to judge what the daemon says.

Fader, Hardie and Lee 2005 (BG/NBD, equations 6, 10 and the probability alive of their note of 2008);
Fader and Hardie 2013 (Gamma-Gamma, equation 1a). One purchase a day; weeks and mean spends are rounded to two
decimals, as in the published summary of CDNOW.
"""

import collections
import math

History = collections.namedtuple("History", "repeats recency age mean_spend")


def histories(rows, as_of):
    """By customer: what had happened by the end of that day; customers who had not bought yet are left out."""
    days = collections.defaultdict(lambda: collections.defaultdict(int))
    for customer, date, _, dollars in rows:
        if date <= as_of:
            days[customer][date] += round(100 * dollars)
    return {customer: history(spent, as_of) for customer, spent in days.items()}


def history(spent, as_of):
    dates = sorted(spent)
    repeats = len(dates) - 1
    cents = sum(spent[date] for date in dates[1:])
    mean_cents = (2 * cents + repeats) // (2 * repeats) if repeats else 0
    return History(repeats, weeks(dates[-1] - dates[0]), weeks(as_of - dates[0]), mean_cents / 100)


def weeks(span):
    return round(span.days / 7, 2)


def repeat_purchases_between(rows, after, until):
    """Days with a purchase in (after, until] of customers who had bought by `after`, all of them together."""
    known = {customer for customer, date, _, _ in rows if date <= after}
    return len({(customer, date) for customer, date, _, _ in rows if customer in known and after < date <= until})


def bg_nbd_log_likelihood(parameters, found):
    counts = collections.Counter((one.repeats, one.recency, one.age) for one in found)
    return sum(count * bg_nbd_term(parameters, History(*key, 0.0)) for key, count in counts.items())


def bg_nbd_term(parameters, one):
    r, alpha, a, b = (parameters[name] for name in ("r", "alpha", "a", "b"))
    x = one.repeats
    common = (math.lgamma(b + x) + math.lgamma(a + b) - math.lgamma(a + b + x) - math.lgamma(b)
              + math.lgamma(r + x) - math.lgamma(r) + r * math.log(alpha))
    alive = -(r + x) * math.log(alpha + one.age)
    if x == 0:
        return common + alive
    gone = math.log(a) - math.log(b + x - 1) - (r + x) * math.log(alpha + one.recency)
    high = max(alive, gone)
    return common + high + math.log(math.exp(alive - high) + math.exp(gone - high))


def alive_probability(parameters, one):
    r, alpha, a, b = (parameters[name] for name in ("r", "alpha", "a", "b"))
    if one.repeats == 0:
        return 1.0
    odds = a / (b + one.repeats - 1) * ((alpha + one.age) / (alpha + one.recency)) ** (r + one.repeats)
    return 1 / (1 + odds)


def expected_purchases(parameters, one, horizon_weeks):
    r, alpha, a, b = (parameters[name] for name in ("r", "alpha", "a", "b"))
    x, t = one.repeats, horizon_weeks
    ratio = ((alpha + one.age) / (alpha + one.age + t)) ** (r + x)
    series = hypergeometric(r + x, b + x, a + b + x - 1, t / (alpha + one.age + t))
    return (a + b + x - 1) / (a - 1) * (1 - ratio * series) * alive_probability(parameters, one)


def hypergeometric(a, b, c, z):
    term = total = 1.0
    for n in range(100_000):
        term *= (a + n) * (b + n) / ((c + n) * (n + 1)) * z
        total += term
        if abs(term) < 1e-16 * abs(total):
            return total
    raise ArithmeticError("the series does not end")


def gamma_gamma_log_likelihood(parameters, found):
    p, q, gamma = (parameters[name] for name in ("p", "q", "gamma"))
    total = 0.0
    for one in found:
        if one.repeats == 0 or one.mean_spend <= 0:
            continue
        px = p * one.repeats
        total += (math.lgamma(px + q) - math.lgamma(px) - math.lgamma(q) + q * math.log(gamma)
                  + (px - 1) * math.log(one.mean_spend) + px * math.log(one.repeats)
                  - (px + q) * math.log(gamma + one.repeats * one.mean_spend))
    return total


def expected_spend(parameters, one):
    p, q, gamma = (parameters[name] for name in ("p", "q", "gamma"))
    return p * (gamma + one.repeats * one.mean_spend) / (p * one.repeats + q - 1)
