#include "daemon/dashboard/layout.hpp"

#include <boost/json.hpp>

#include "daemon/dashboard/pages.hpp"
#include "daemon/dashboard/template.hpp"

namespace segmentd::daemon {
namespace {

constexpr std::string_view style = R"css(
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #ffffff; --soft: #57606a; --line: #d0d7de; --card: #f6f8fa;
  --accent: #0b57a4; --alarm: #a40e26; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6edf3; --paper: #0d1117; --soft: #9aa4af; --line: #30363d; --card: #161b22; --accent: #79b8ff;
    --alarm: #ff9492; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif;
  overflow-wrap: anywhere; }
header, main, footer { max-width: 72rem; margin: 0 auto; padding: 0 1rem; }
header { padding-top: 1rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: .5rem 0; }
h2 { font-size: 1.25rem; margin: 2rem 0 .5rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 0 0 .25rem; }
p, ul, dl { margin: .5rem 0; }
ul { padding-left: 1.25rem; }
a { color: var(--accent); }
nav ul { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .25rem 1rem; }
.soft { color: var(--soft); }
.alarm { color: var(--alarm); font-weight: 600; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); gap: 1rem; padding: 0;
  list-style: none; }
.cards > li, .pilot { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .75rem 1rem; }
.pilot { margin: 1rem 0; }
.reading { max-width: 46rem; }
dl.facts { display: grid; grid-template-columns: minmax(6rem, 11rem) 1fr; gap: .15rem 1rem; }
dl.facts dt { color: var(--soft); }
dl.facts dd { margin: 0; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0; }
caption { text-align: left; color: var(--soft); }
th, td { text-align: left; vertical-align: top; padding: .25rem .5rem .25rem 0; border-bottom: 1px solid var(--line); }
td.number, th.number { text-align: right; white-space: nowrap; width: 1%; font-variant-numeric: tabular-nums; }
.wide, pre { overflow-x: auto; }
.wide table { overflow-wrap: normal; }
.wide th[scope="row"] { font-weight: inherit; }
pre { background: var(--card); border: 1px solid var(--line); padding: .75rem 1rem; overflow-wrap: normal; }
svg { display: block; width: 100%; height: 3rem; }
.curve { fill: none; stroke: var(--accent); stroke-width: 2; vector-effect: non-scaling-stroke; }
.zero { stroke: var(--soft); stroke-dasharray: 3 3; vector-effect: non-scaling-stroke; }
.whisker { stroke: var(--accent); stroke-width: 3; vector-effect: non-scaling-stroke; }
.estimate { fill: var(--ink); }
svg.interval { height: 1.25rem; max-width: 24rem; }
label { display: block; margin: .5rem 0 .25rem; }
input, button { font: inherit; padding: .5rem .75rem; border: 1px solid var(--soft); border-radius: .375rem;
  background: var(--paper); color: var(--ink); max-width: 100%; }
input { width: 100%; }
button { cursor: pointer; margin: .5rem 0; }
footer { padding-top: 2rem; padding-bottom: 2rem; color: var(--soft); }
@media print { nav, form { display: none; } .cards > li, .pilot { break-inside: avoid; } h2 { break-after: avoid; } }
)css";

constexpr std::string_view layout = R"html(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{{title}}</title>
<style>{{{style}}}</style>
</head>
<body>
{{{body}}}</body>
</html>
)html";

constexpr std::string_view sign_in = R"html(<main class="reading">
<h1>segmentd</h1>
<p>Sign in with a token of the role viewer or above. Whoever keeps this daemon hands one out:
<code>segmentctl token create --role viewer --expires 90d</code></p>
{{#message}}
<p class="alarm" role="alert">{{message}}</p>
{{/message}}
<form method="post" action="/login">
<input name="username" autocomplete="username" value="segmentd" hidden>
<label for="token">Token</label>
<input id="token" name="token" type="password" autocomplete="current-password" required>
<button type="submit">Sign in</button>
</form>
</main>
)html";

constexpr std::string_view one_message = R"html(<main class="reading">
<h1>{{title}}</h1>
<p>{{message}}</p>
<p><a href="/">All segments</a></p>
</main>
)html";

}  // namespace

std::string_view page_style() {
    return style;
}

std::string page_around(std::string_view title, std::string_view body) {
    return fill_template(layout, {{"title", title}, {"style", style}, {"body", body}});
}

std::string sign_in_page(std::string_view message) {
    return page_around("Sign in to segmentd", fill_template(sign_in, {{"message", message}}));
}

std::string message_page(std::string_view title, std::string_view message) {
    return page_around(title, fill_template(one_message, {{"title", title}, {"message", message}}));
}

}  // namespace segmentd::daemon
