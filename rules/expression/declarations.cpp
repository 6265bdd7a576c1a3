#include "rules/expression/declarations.hpp"

#include <utility>

namespace segmentd::rules::expression {

void Declarations::add_variable(std::string name, Type type, int slot) {
    Field field{name, std::move(type), slot};
    variables_.insert_or_assign(std::move(name), std::move(field));
}

void Declarations::add_record(std::string root, std::vector<Field> fields) {
    Fields by_name;
    for (Field& field : fields) {
        std::string name = field.name;
        by_name.insert_or_assign(std::move(name), std::move(field));
    }
    records_.insert_or_assign(std::move(root), std::move(by_name));
}

void Declarations::set_container(std::string container) {
    container_ = std::move(container);
}

void Declarations::use_time_zones(ZoneOffset zones) {
    zones_ = std::move(zones);
}

const Field* Declarations::find_variable(std::string_view name) const {
    const auto found = variables_.find(name);
    return found == variables_.end() ? nullptr : &found->second;
}

const Declarations::Fields* Declarations::find_record(std::string_view root) const {
    const auto found = records_.find(root);
    return found == records_.end() ? nullptr : &found->second;
}

std::vector<std::string> Declarations::names() const {
    std::vector<std::string> result;
    for (const auto& [name, field] : variables_) result.push_back(name);
    for (const auto& [root, fields] : records_) result.push_back(root);
    return result;
}

}  // namespace segmentd::rules::expression
