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
{{/blocks}}
</section>
{{/sections}}
</main>
)html";

json::object to_json(const Block& block) {
    json::array facts;
    for (const auto& [name, value] : block.facts) facts.push_back({{"name", name}, {"value", value}});
    return {{"title", block.title},
            {"text", block.text},
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
