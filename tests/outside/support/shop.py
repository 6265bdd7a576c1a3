"""A made-up shop with the columns of CDNOW: customers who behave as BG/NBD and Gamma-Gamma say, and some of whom
every purchase is known.

Sources: Fader, Hardie and Lee 2005, "Counting your customers the easy way" (the generative model of BG/NBD);
Fader and Hardie 2013, "The Gamma-Gamma model of monetary value". The same seed gives the same file.
"""

import csv
import datetime
import gzip
import random

FIRST_DAY = datetime.date(1997, 1, 1)
LAST_DAY = datetime.date(1998, 6, 30)
COLUMNS = ["customer_id", "date", "number_of_cds", "dollar_value"]

CUSTOMERS = 500
COPIES = 10
LADDER = range(1, 7)  # repeat purchases of the customers on the steps


def purchases(seed=1997):
    """Rows (customer, date, disks, dollars), sorted by customer and date."""
    source = random.Random(seed)
    rows = []
    for number in range(CUSTOMERS):
        rows += drawn_customer(source, f"drawn-{number:03}")
    for repeats in LADDER:
        for copy in range(COPIES):
            rows += steady_customer(step_customer(repeats, copy), repeats)
    return rows


def step_customer(repeats, copy):
    """The id of a customer with that many repeat purchases, evenly spread; all copies bought the same."""
    return f"step-{repeats}-{copy}"


def steady_customer(customer, repeats):
    """All purchases lie after 1997-09-30, so that a fit as of that day does not see them: they are too regular."""
    first, last = datetime.date(1997, 10, 15), datetime.date(1998, 5, 20)
    gap = (last - first) / repeats
    return [(customer, first + gap * i, 1, 20.00) for i in range(repeats + 1)]


def drawn_customer(source, customer):
    day = float(source.randrange(84))
    rate = source.gammavariate(0.2426, 1 / 4.4135) / 7
    dropout = source.betavariate(0.7929, 2.4258)
    scale = source.gammavariate(3.745, 1 / 15.448)
    rows = []
    while day <= (LAST_DAY - FIRST_DAY).days:
        dollars = min(999.0, max(1.0, source.gammavariate(6.249, 1 / scale)))
        rows.append((customer, FIRST_DAY + datetime.timedelta(days=int(day)), source.randrange(1, 5), round(dollars, 2)))
        if source.random() < dropout and len(rows) > 1:
            break
        day += max(1.0, source.expovariate(max(rate, 1e-9)))
    return rows


def write_csv(rows, path, zipped=False):
    opener = gzip.open if zipped else open
    with opener(path, "wt", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for customer, date, disks, dollars in rows:
            writer.writerow([customer, date.isoformat(), disks, f"{dollars:.2f}"])
    return path


def read_csv(path, customer_column):
    """Rows of a file with the columns of CDNOW, plain or gzip, as purchases() gives them."""
    opener = gzip.open if path.endswith(".gz") else open
    with opener(path, "rt", encoding="utf-8", newline="") as file:
        return [(row[customer_column], datetime.date.fromisoformat(row["date"]), int(row["number_of_cds"]),
                 float(row["dollar_value"])) for row in csv.DictReader(file)]
