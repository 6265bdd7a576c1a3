#include "daemon/dashboard/overview_template.hpp"

namespace segmentd::daemon {
namespace {

// Every drawing has its numbers beside it and a text for those who do not see it.
constexpr std::string_view overview = R"html(<header>
<h1>{{company}}</h1>
<p class="soft">Engine time {{engine_time}}, definitions {{definitions}}. Signed in as {{reader}} ({{role}}).</p>
{{#has_session}}
<form method="post" action="/logout"><button type="submit">Sign out</button></form>
{{/has_session}}
<nav aria-label="On this page"><ul>
<li><a href="#segments">Segments</a></li>
<li><a href="#migration">Migration</a></li>
<li><a href="#pilots">Pilots</a></li>
<li><a href="#reviews">Reviews</a></li>
<li><a href="#touches">Touches</a></li>
<li><a href="#rejects">Rejects</a></li>
<li><a href="#health">Health</a></li>
</ul></nav>
</header>
<main>
<section id="segments" aria-labelledby="segments-title">
<h2 id="segments-title">Segments</h2>
<ul class="cards">
{{#segments.rows}}
<li>
<h3><a href="/segments/{{name}}">{{title}}</a></h3>
<p><strong>{{size}}</strong> members, {{share}} of all customers</p>
{{#steward_left}}
<p class="alarm">Its steward {{steward}} has left: name another one.</p>
{{/steward_left}}
<svg role="img" viewBox="0 0 100 24" preserveAspectRatio="none"
  aria-label="{{title}}: from {{first}} to {{size}} members in {{history_days}} days, between {{lowest}} and {{highest}}">
<polyline class="curve" points="{{points}}"/>
</svg>
<p class="soft">{{history_days}} days: from {{first}} to {{size}}, between {{lowest}} and {{highest}}</p>
</li>
{{/segments.rows}}
</ul>
{{^segments.has_rows}}
<p>This workspace has no segments.</p>
{{/segments.has_rows}}
</section>
<section id="migration" aria-labelledby="migration-title">
<h2 id="migration-title">Migration</h2>
{{#migrations.has_rows}}
<table>
<caption>Customers who left one segment for another in the last {{migration_days}} days</caption>
<thead><tr><th scope="col">From</th><th scope="col">To</th><th scope="col" class="number">Customers</th></tr></thead>
<tbody>
{{#migrations.rows}}
<tr><td>{{from}}</td><td>{{to}}</td><td class="number">{{customers}}</td></tr>
{{/migrations.rows}}
</tbody>
</table>
{{/migrations.has_rows}}
{{^migrations.has_rows}}
<p>Nobody left one segment for another in the last {{migration_days}} days.</p>
{{/migrations.has_rows}}
</section>
<section id="pilots" aria-labelledby="pilots-title">
<h2 id="pilots-title">Pilots</h2>
{{#pilots.has_rows}}
<p class="soft">A bar is an interval, its dot the estimate, the dashed line no difference.</p>
{{/pilots.has_rows}}
{{#pilots.rows}}
<article class="pilot">
<h3>{{name}}: {{state}}</h3>
<p>{{hypothesis}}</p>
<p class="soft">Enrolled: {{enrolled}}</p>
{{#warnings}}
<p class="alarm">{{.}}</p>
{{/warnings}}
{{#guardrails}}
<p>Guardrail {{metric}}, {{arm}}: {{verdict}}</p>
{{/guardrails}}
{{#findings.has_rows}}
<ul>
{{#findings.rows}}
<li>{{metric}}, {{arm}} against {{control}}: <strong>{{difference}}</strong>
{{#interval}}
({{lower}} to {{upper}}, {{kind}}),
{{/interval}}
{{^interval}}
(too early for an interval),
{{/interval}}
{{customers}} customers against {{customers_control}}
{{#interval}}
<svg class="interval" role="img" viewBox="0 0 100 10" preserveAspectRatio="none"
  aria-label="{{metric}}, {{arm}}: {{difference}}, interval {{lower}} to {{upper}}">
<line class="zero" x1="{{zero_x}}" y1="0" x2="{{zero_x}}" y2="10"/>
<line class="whisker" x1="{{from_x}}" y1="5" x2="{{to_x}}" y2="5"/>
<ellipse class="estimate" cx="{{estimate_x}}" cy="5" rx="1" ry="2.5"/>
</svg>
{{/interval}}
</li>
{{/findings.rows}}
</ul>
{{/findings.has_rows}}
{{^findings.has_rows}}
<p>Nothing to compare yet.</p>
{{/findings.has_rows}}
</article>
{{/pilots.rows}}
{{^pilots.has_rows}}
<p>No pilot runs.</p>
{{/pilots.has_rows}}
</section>
<section id="reviews" aria-labelledby="reviews-title">
<h2 id="reviews-title">Reviews due</h2>
{{#reviews.has_rows}}
<ul>
{{#reviews.rows}}
<li>Review {{number}}, {{segment}} ({{kind}}, {{state}}): {{finding}}
<span class="soft">Owner {{owner}}{{#owner_left}}, who has left{{/owner_left}}, by {{deadline}}.</span>
{{#steward_left}}
<span class="alarm">The steward {{steward}} has left.</span>
{{/steward_left}}
{{#overdue}}
<span class="alarm">Overdue</span>
{{/overdue}}
</li>
{{/reviews.rows}}
</ul>
{{/reviews.has_rows}}
{{^reviews.has_rows}}
<p>Nothing waits for a decision.</p>
{{/reviews.has_rows}}
</section>
<section id="touches" aria-labelledby="touches-title">
<h2 id="touches-title">Touches and refusals</h2>
{{#decisions.counts.has_rows}}
<table>
<caption>The newest decisions by reason</caption>
<thead><tr><th scope="col">Decision</th><th scope="col">Reason</th><th scope="col" class="number">Count</th></tr></thead>
<tbody>
{{#decisions.counts.rows}}
<tr><td>{{decision}}</td><td>{{reason}}</td><td class="number">{{count}}</td></tr>
{{/decisions.counts.rows}}
</tbody>
</table>
<table>
<caption>The last decisions, newest first</caption>
<thead><tr><th scope="col">When</th><th scope="col">Touch</th><th scope="col">Decision</th></tr></thead>
<tbody>
{{#decisions.newest.rows}}
<tr><td>{{at}}</td><td>{{touch}} to {{endpoint}}{{#may_see_customers}} for {{customer}}{{/may_see_customers}}</td>
<td>{{decision}}{{#reason}}: {{reason}}{{/reason}}</td></tr>
{{/decisions.newest.rows}}
</tbody>
</table>
{{/decisions.counts.has_rows}}
{{^decisions.counts.has_rows}}
<p>No contact was decided yet.</p>
{{/decisions.counts.has_rows}}
</section>
<section id="rejects" aria-labelledby="rejects-title">
<h2 id="rejects-title">Rejects</h2>
{{#rejects.has_rows}}
<table>
<caption>Input that was refused, since the store began</caption>
<thead><tr><th scope="col">Reason</th><th scope="col" class="number">Count</th></tr></thead>
<tbody>
{{#rejects.rows}}
<tr><td>{{reason}}</td><td class="number">{{count}}</td></tr>
{{/rejects.rows}}
</tbody>
</table>
{{/rejects.has_rows}}
{{^rejects.has_rows}}
<p>Nothing was refused.</p>
{{/rejects.has_rows}}
</section>
<section id="health" aria-labelledby="health-title">
<h2 id="health-title">Health</h2>
<dl class="facts">
{{#health}}
<dt>{{name}}</dt><dd>{{value}}</dd>
{{/health}}
</dl>
{{#pauses.has_rows}}
<h3>Paused</h3>
<ul>
{{#pauses.rows}}
<li>{{.}}</li>
{{/pauses.rows}}
</ul>
{{/pauses.has_rows}}
{{#endpoints.has_rows}}
<h3>Endpoints</h3>
<ul>
{{#endpoints.rows}}
<li>{{name}} ({{mode}}{{#paused}}, paused{{/paused}}): {{figures}}{{#last_error}}; last error: {{last_error}}{{/last_error}}</li>
{{/endpoints.rows}}
</ul>
{{/endpoints.has_rows}}
</section>
</main>
<footer>Read only. Change things with segmentctl.</footer>
)html";

}  // namespace

std::string_view overview_template() {
    return overview;
}

}  // namespace segmentd::daemon
