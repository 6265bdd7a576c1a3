#include "rules/load/yaml_parse.hpp"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <sstream>
#include <utility>

#include "rules/load/yaml_limits.hpp"
#include "rules/load/yaml_text.hpp"

namespace segmentd::rules::load {
namespace {

// Thrown out of the parser when going on makes no sense; caught in this file.
struct Stop {
    Refusal refusal;
};

// Builds nodes from the parser's events. The parser calls a handler before it goes deeper, so
// that the limits hold whatever the input is.
class NodeBuilder final : public YAML::EventHandler {
  public:
    explicit NodeBuilder(std::string_view bytes) : text_(std::string(bytes)) {}

    Documents take() { return std::move(documents_); }

    void OnDocumentStart(const YAML::Mark& mark) override;
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override;
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override;
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value style) override;
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value style) override;
    void OnMapEnd() override { close(); }

  private:
    // A list or mapping that is still being read.
    struct Open {
        Node node;
        YAML::anchor_t anchor = 0;
        std::optional<Entry> entry;  // a key that waits for its value
        std::map<std::string, Position> keys;
    };

    void open(Node node, YAML::anchor_t anchor);
    void close();
    void add(Node node, YAML::anchor_t anchor);
    void add_key(Open& mapping, const Node& node);
    void count_nodes(std::size_t more, Position at);
    void refuse_tag(const std::string& tag, Position at) const;

    RawText text_;
    Documents documents_;
    std::vector<Open> open_;
    std::map<YAML::anchor_t, Node> anchors_;
    std::size_t nodes_ = 0;
    std::size_t alias_uses_ = 0;
    std::size_t documents_seen_ = 0;
};

Position position(const YAML::Mark& mark) {
    return {mark.line + 1, mark.column + 1};
}
std::size_t size_of(const Node& node);
std::size_t depth_of(const Node& node);
Refusal explain(const YAML::ParserException& error, const RawText& text);

}  // namespace

Documents parse_documents(std::string_view bytes) {
    if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
    NodeBuilder builder(bytes);
    try {
        std::istringstream stream{std::string(bytes)};
        YAML::Parser parser(stream);
        while (parser.HandleNextDocument(builder)) {
        }
        return builder.take();
    } catch (const Stop& stop) {
        auto documents = builder.take();
        documents.refusals.push_back(stop.refusal);
        return documents;
    } catch (const YAML::ParserException& error) {
        auto documents = builder.take();
        documents.refusals.push_back(explain(error, RawText(std::string(bytes))));
        return documents;
    }
}

namespace {

void NodeBuilder::OnDocumentStart(const YAML::Mark& mark) {
    if (documents_seen_++ > 0 && !text_.line(mark.line + 1).starts_with("---")) {
        throw Stop{{position(mark), "yaml_syntax", "text follows the end of a definition",
                    "write --- on a line of its own between definitions"}};
    }
}

void NodeBuilder::OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) {
    Node node;
    node.at = text_.sign_before(position(mark));
    add(std::move(node), anchor);
}

void NodeBuilder::OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) {
        throw Stop{{position(mark), "yaml_alias", "an alias stands inside what it names", "write the values out"}};
    }
    if (++alias_uses_ > max_alias_uses) {
        throw Stop{{position(mark), "yaml_alias", fmt::format("more than {} aliases are used", max_alias_uses),
                    "write the values out"}};
    }
    count_nodes(size_of(found->second), position(mark));
    if (open_.size() + depth_of(found->second) > max_depth) {
        throw Stop{{position(mark), "too_deep", "an alias nests too deep",
                    fmt::format("at most {} levels are read", max_depth)}};
    }
    add(found->second, 0);
}

void NodeBuilder::OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                           const std::string& value) {
    const Position at = text_.after_anchor(position(mark));
    refuse_tag(tag, at);
    if (!text_.closes_its_quote(at)) {
        throw Stop{{at, "yaml_syntax", "a quote opens here and never closes", "close it, or quote the whole text"}};
    }
    Node node;
    node.form = Node::Form::scalar;
    node.text = value;
    node.quoted = tag == "!";
    node.at = node.quoted ? text_.first_character(at) : at;
    add(std::move(node), anchor);
}

void NodeBuilder::OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                                  YAML::EmitterStyle::value) {
    refuse_tag(tag, position(mark));
    Node node;
    node.form = Node::Form::list;
    node.at = position(mark);
    open(std::move(node), anchor);
}

void NodeBuilder::OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                             YAML::EmitterStyle::value) {
    refuse_tag(tag, position(mark));
    Node node;
    node.form = Node::Form::mapping;
    node.at = position(mark);
    open(std::move(node), anchor);
}

void NodeBuilder::open(Node node, YAML::anchor_t anchor) {
    if (open_.size() >= max_depth) {
        throw Stop{{node.at, "too_deep", fmt::format("lists and mappings nest deeper than {} levels", max_depth),
                    "flatten this part of the file"}};
    }
    Open opened;
    opened.node = std::move(node);
    opened.anchor = anchor;
    open_.push_back(std::move(opened));
}

void NodeBuilder::close() {
    Open closed = std::move(open_.back());
    open_.pop_back();
    add(std::move(closed.node), closed.anchor);
}

void NodeBuilder::add(Node node, YAML::anchor_t anchor) {
    count_nodes(1, node.at);
    if (anchor != 0) anchors_[anchor] = node;
    if (open_.empty()) {
        if (node.form != Node::Form::empty) documents_.nodes.push_back(std::move(node));
        return;
    }
    Open& parent = open_.back();
    if (parent.node.form == Node::Form::list) {
        parent.node.items.push_back(std::move(node));
    } else if (!parent.entry) {
        add_key(parent, node);
    } else {
        if (node.form == Node::Form::empty) node.at = parent.entry->at;
        parent.entry->value = std::move(node);
        parent.node.entries.push_back(std::move(*parent.entry));
        parent.entry.reset();
    }
}

void NodeBuilder::add_key(Open& mapping, const Node& node) {
    if (node.form != Node::Form::scalar) {
        throw Stop{{node.at, "yaml_syntax", "a key must be a word", "write key: value"}};
    }
    if (node.text == "<<") {
        throw Stop{{node.at, "yaml_alias", "merge keys are not read", "write the keys out"}};
    }
    const auto [first, is_new] = mapping.keys.emplace(node.text, node.at);
    if (!is_new) {
        documents_.refusals.push_back(
            {node.at, "duplicate_key",
             fmt::format("key {} stands twice in one mapping, first in line {}", shown(node.text), first->second.line),
             "keep one of the two"});
    }
    mapping.entry = Entry{node.text, node.at, {}};
}

void NodeBuilder::count_nodes(std::size_t more, Position at) {
    nodes_ += more;
    if (nodes_ > max_nodes) {
        throw Stop{{at, "too_many_nodes", fmt::format("the file has more than {} values", max_nodes),
                    "split it, and write few aliases"}};
    }
}

void NodeBuilder::refuse_tag(const std::string& tag, Position at) const {
    if (tag.empty() || tag == "?" || tag == "!") return;
    throw Stop{{at, "yaml_tag", fmt::format("tags such as {} are not read", shown(tag)),
                "quote a text that begins with an exclamation mark"}};
}

std::size_t size_of(const Node& node) {
    std::size_t size = 1;
    for (const Node& item : node.items) size += size_of(item);
    for (const Entry& entry : node.entries) size += 1 + size_of(entry.value);
    return size;
}

std::size_t depth_of(const Node& node) {
    std::size_t below = 0;
    for (const Node& item : node.items) below = std::max(below, depth_of(item));
    for (const Entry& entry : node.entries) below = std::max(below, depth_of(entry.value));
    return node.form == Node::Form::list || node.form == Node::Form::mapping ? below + 1 : below;
}

// What the parser's words mean for a person, by a part of them.
struct Explanation {
    std::string_view part;
    const char* message;
    const char* hint;
};
constexpr std::array<Explanation, 9> explanations = {{
    {"flow", "a bracket has no partner", "close every [ and { that is opened, and quote texts that hold them"},
    {"illegal map value", "a second ': ' stands in this value", "quote the text, or put the key on a line of its own"},
    {"illegal map key", "a key cannot stand here", "check the indentation"},
    {"illegal block entry", "a list item cannot stand here",
     "put '- ' on a line of its own, indented like its neighbours"},
    {"unknown token", "a text cannot begin with this sign", "quote the text"},
    {"end of map not found", "this line is not part of the keys and values before it",
     "check the indentation, and quote a text as a whole"},
    {"end of sequence not found", "this line is not part of the list before it", "check the indentation"},
    {"anchor is not defined", "an alias names nothing", "quote a text that begins with *"},
    {"anchor", "an anchor cannot stand here", "quote a text that begins with &"},
}};

Refusal explain(const YAML::ParserException& error, const RawText& text) {
    Refusal refusal{position(error.mark), "yaml_syntax", error.msg, "check quotes, brackets and indentation"};
    for (const auto& explanation : explanations) {
        if (error.msg.find(explanation.part) == std::string::npos) continue;
        refusal.message = explanation.message;
        refusal.hint = explanation.hint;
        break;
    }
    const auto line = text.line(refusal.at.line);
    const auto indent = line.substr(0, line.find_first_not_of(" \t"));
    if (indent.find('\t') != std::string_view::npos) {
        refusal.message = "this line is indented with a tab";
        refusal.hint = "indent with spaces";
    }
    return refusal;
}

}  // namespace

const Node* Node::find(std::string_view key) const {
    for (const Entry& entry : entries) {
        if (entry.key == key) return &entry.value;
    }
    return nullptr;
}

}  // namespace segmentd::rules::load
