#include <boost/json.hpp>

#include "daemon/dashboard/layout.hpp"
#include "daemon/dashboard/pages.hpp"
#include "daemon/dashboard/template.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

namespace {

constexpr std::string_view body = R"html({{#has_way_back}}
<header class="reading"><nav aria-label="Pages"><a href="/">All segments</a></nav></header>
{{/has_way_back}}
<main class="reading">
<h1>{{title}}</h1>
<p class="soft">{{subtitle}}</p>
{{#sections}}
<section>
<h2>{{title}}</h2>
{{#blocks}}
{{#title}}
<h3>{{title}}</h3>
{{/title}}
{{#text}}
<p>{{text}}</p>
{{/text}}
{{#has_items}}
<ul>
{{#items}}
<li>{{.}}</li>
{{/items}}
</ul>
{{/has_items}}
{{#has_facts}}
<dl class="facts">
{{#facts}}
<dt>{{name}}</dt><dd>{{value}}</dd>
{{/facts}}
</dl>
{{/has_facts}}
{{#has_rows}}
<div class="wide" role="region" aria-label="{{caption}}" tabindex="0">
<table>
<caption>{{caption}}</caption>
<thead><tr>{{#columns}}<th scope="col"{{#is_number}} class="number"{{/is_number}}>{{title}}</th>{{/columns}}</tr></thead>
<tbody>
{{#rows}}
<tr><th scope="row">{{first}}</th>{{#cells}}<td{{#is_number}} class="number"{{/is_number}}>{{value}}</td>{{/cells}}</tr>
{{/rows}}
</tbody>
</table>
</div>
{{/has_rows}}
{{#preformatted}}
<pre role="region" aria-label="{{caption}}" tabindex="0">{{preformatted}}</pre>
{{/preformatted}}
{{/blocks}}
</section>
{{/sections}}
</main>
)html";

json::object to_json(const std::vector<Column>& columns, const std::vector<std::string>& row) {
    json::array cells;
    for (std::size_t i = 1; i < row.size(); ++i) {
        cells.push_back({{"value", row[i]}, {"is_number", columns[i].is_number}});
    }
    return {{"first", row.front()}, {"cells", std::move(cells)}};
}

// A table and a preformatted text are called by their caption and have no heading of their own.
json::object to_json(const Block& block) {
    json::array facts;
    for (const auto& [name, value] : block.facts) facts.push_back({{"name", name}, {"value", value}});
    json::array columns;
    for (const auto& [title, is_number] : block.columns)
        columns.push_back({{"title", title}, {"is_number", is_number}});
    json::array rows;
    for (const auto& row : block.rows) rows.push_back(to_json(block.columns, row));
    const bool is_preformatted = block.kind == Block::Kind::preformatted;
    const bool has_caption = is_preformatted || block.kind == Block::Kind::table;
    return {{"title", has_caption ? "" : block.title},
            {"caption", has_caption ? block.title : ""},
            {"has_rows", !rows.empty()},
            {"columns", std::move(columns)},
            {"rows", std::move(rows)},
            {"preformatted", is_preformatted ? block.text : ""},
            {"text", is_preformatted ? "" : block.text},
            {"has_items", !block.items.empty()},
            {"items", json::array(block.items.begin(), block.items.end())},
            {"has_facts", !facts.empty()},
            {"facts", std::move(facts)}};
}

}  // namespace

std::string document_page(const Document& document, PagePlace place) {
    json::array sections;
    for (const auto& section : document.sections) {
        json::array blocks;
        for (const auto& block : section.blocks) blocks.push_back(to_json(block));
        sections.push_back({{"title", section.title}, {"blocks", std::move(blocks)}});
    }
    return page_around(document.title, fill_template(body, {{"has_way_back", place == PagePlace::daemon},
                                                            {"title", document.title},
                                                            {"subtitle", document.subtitle},
                                                            {"sections", std::move(sections)}}));
}

}  // namespace segmentd::daemon
