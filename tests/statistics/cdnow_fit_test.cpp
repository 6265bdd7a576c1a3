// BG/NBD and Gamma-Gamma on the CDNOW sample against the published fits.
//
// Fader, Hardie and Lee (2005): calibration to 1997-09-30, one purchase a customer and day, time in
// weeks from the first purchase. The figures with more digits were computed from times and mean
// spends rounded to two decimals.
#include <catch2/catch.hpp>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "base/money.hpp"
#include "base/timestamp.hpp"
#include "rules/scoring/bg_nbd.hpp"
#include "rules/scoring/gamma_gamma.hpp"

namespace segmentd::rules {
namespace {

constexpr const char* sample_name = "cdnow_sample.csv";
constexpr const char* summary_name = "cdnow_sample_rfm.csv";

// Cents spent by customer and day.
using Purchases = std::map<std::string, std::map<std::int64_t, std::int64_t>>;

struct Rows {
    std::vector<PurchaseHistory> histories;
    std::vector<SpendHistory> spends;
};

std::vector<std::vector<std::string>> load_rows(const char* name) {
    const char* set = std::getenv("SEGMENTD_DATA");
    const std::filesystem::path folder =
        set != nullptr ? set : std::filesystem::path(SEGMENTD_SOURCE_DIR) / ".." / "shared" / "data";
    std::ifstream file(folder / name);
    std::vector<std::vector<std::string>> rows;
    std::string line;
    std::getline(file, line);
    while (std::getline(file, line)) {
        std::istringstream fields(line);
        std::vector<std::string> row;
        for (std::string field; std::getline(fields, field, ',');) row.push_back(field);
        rows.push_back(row);
    }
    if (rows.empty()) std::cout << "skipped: " << name << " is not there (set SEGMENTD_DATA)\n";
    return rows;
}

std::int64_t last_day() {
    return day_number(*parse_timestamp("1997-09-30"));
}

Purchases purchases_of(const std::vector<std::vector<std::string>>& rows) {
    Purchases purchases;
    for (const auto& row : rows) {
        const auto day = day_number(*parse_timestamp(row[2]));
        if (day <= last_day()) purchases[row[1]][day] += *parse_minor_units(row[4], 2);
    }
    return purchases;
}

double rounded(double weeks) {
    return std::round(weeks * 100.0) / 100.0;
}

// Mean of the repeat days in whole cents, halves up.
double mean_spend(std::int64_t cents, std::int64_t repeats) {
    return static_cast<double>((2 * cents + repeats) / (2 * repeats)) / 100.0;
}

Rows rows_of(const Purchases& purchases, bool is_rounded) {
    Rows rows;
    for (const auto& [customer, days] : purchases) {
        const auto first = days.begin()->first;
        const auto repeats = std::ssize(days) - 1;
        const double last_repeat = static_cast<double>(days.rbegin()->first - first) / 7.0;
        const double observed = static_cast<double>(last_day() - first) / 7.0;
        rows.histories.push_back(
            {repeats, is_rounded ? rounded(last_repeat) : last_repeat, is_rounded ? rounded(observed) : observed});
        if (repeats == 0) continue;
        std::int64_t cents = 0;
        for (auto day = std::next(days.begin()); day != days.end(); ++day) cents += day->second;
        const double exact = static_cast<double>(cents) / 100.0 / static_cast<double>(repeats);
        rows.spends.push_back({repeats, is_rounded ? mean_spend(cents, repeats) : exact});
    }
    return rows;
}

TEST_CASE("BG/NBD on the CDNOW sample is the published fit") {
    const auto file = load_rows(sample_name);
    if (file.empty()) return;
    const auto purchases = purchases_of(file);

    const auto fit = fit_bg_nbd(rows_of(purchases, true).histories);
    const auto exact = fit_bg_nbd(rows_of(purchases, false).histories);

    REQUIRE(fit);
    REQUIRE(exact);
    CHECK(fit->customers == std::ssize(purchases));
    CHECK(fit->log_likelihood == Approx(-9582.4256).margin(0.0005));
    CHECK(exact->log_likelihood == Approx(-9582.4292).margin(0.0005));
    CHECK(fit->parameters.r == Approx(0.2426).margin(0.0001));
    CHECK(fit->parameters.alpha == Approx(4.4135).margin(0.0005));
    CHECK(fit->parameters.a == Approx(0.7929).margin(0.0002));
    CHECK(fit->parameters.b == Approx(2.4258).margin(0.0005));
    CHECK(expected_new_customer(fit->parameters, 1.0) == Approx(0.05318).margin(0.00001));
    CHECK(expected_new_customer(fit->parameters, 39.0) == Approx(1.19502).margin(0.00001));
}

TEST_CASE("the forecast of the following 39 weeks is the published one") {
    const auto file = load_rows(sample_name);
    if (file.empty()) return;
    const auto rows = rows_of(purchases_of(file), true);
    const auto fit = fit_bg_nbd(rows.histories);

    REQUIRE(fit);
    double expected = 0.0;
    for (const auto& history : rows.histories) expected += expected_purchases(fit->parameters, history, 39.0);
    CHECK(expected == Approx(1653.4).margin(0.5));
}

TEST_CASE("Gamma-Gamma on the CDNOW sample is the published fit") {
    const auto file = load_rows(sample_name);
    if (file.empty()) return;
    const auto purchases = purchases_of(file);

    const auto fit = fit_gamma_gamma(rows_of(purchases, true).spends);
    const auto exact = fit_gamma_gamma(rows_of(purchases, false).spends);

    REQUIRE(fit);
    REQUIRE(exact);
    CHECK(fit->log_likelihood == Approx(-4055.9232).margin(0.0005));
    CHECK(exact->log_likelihood == Approx(-4055.9177).margin(0.0005));
    CHECK(fit->parameters.p == Approx(6.249).margin(0.001));
    CHECK(fit->parameters.q == Approx(3.745).margin(0.001));
    CHECK(fit->parameters.gamma == Approx(15.448).margin(0.001));
    CHECK(*population_spend(fit->parameters) == Approx(35.17).margin(0.005));
    CHECK(*expected_spend(fit->parameters, {2, 22.35}) == Approx(24.66).margin(0.005));
}

TEST_CASE("the ready-made summary of the sample gives the same fits") {
    const auto file = load_rows(summary_name);
    if (file.empty()) return;
    Rows rows;
    for (const auto& row : file) {
        const std::int64_t repeats = std::stoll(row[1]);
        rows.histories.push_back({repeats, std::stod(row[2]), std::stod(row[3])});
        rows.spends.push_back({repeats, std::stod(row[4])});
    }

    CHECK(fit_bg_nbd(rows.histories)->log_likelihood == Approx(-9582.4256).margin(0.0005));
    CHECK(fit_gamma_gamma(rows.spends)->log_likelihood == Approx(-4055.9232).margin(0.0005));
}

// Ten copies of the sample stand for the 23,570 customers of the whole cohort.
TEST_CASE("a cohort of 23,570 customers is fitted in a moment") {
    const auto file = load_rows(sample_name);
    if (file.empty()) return;
    const auto one = rows_of(purchases_of(file), false).histories;
    std::vector<PurchaseHistory> ten;
    for (std::size_t copy = 0; copy < 10; ++copy) {
        for (auto history : one) {
            history.observed += 0.001 * static_cast<double>(copy);  // so that rows of copies differ
            ten.push_back(history);
        }
    }

    const auto start = std::chrono::steady_clock::now();
    const auto fit = fit_bg_nbd(ten);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;

    REQUIRE(fit);
    std::cout << ten.size() << " customers fitted in " << seconds.count() << " s\n";
    CHECK(seconds.count() < 2.0);
}

}  // namespace
}  // namespace segmentd::rules
