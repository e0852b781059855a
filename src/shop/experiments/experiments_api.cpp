#include "shop/experiments/experiments_api.h"

#include "runtime/json.h"
#include "services/if_match.h"

namespace kontor::experiments {
namespace {

using http::Call;
using http::None;

struct ExperimentView {
  ExperimentId id;
  Definition definition;
  State state = State::kDraft;
  Time created_at;
  std::optional<Time> started_at, ended_at;
  std::optional<std::string> winner;
  std::int64_t version = 0;

  static constexpr auto fields() {
    using V = ExperimentView;
    return described(
        Field("id", &V::id, "The experiment"), Field("definition", &V::definition, "As staff say it"),
        Field("state", &V::state, "draft, running or ended"), Field("created_at", &V::created_at, "When it was made"),
        Field("started_at", &V::started_at, "When it began"), Field("ended_at", &V::ended_at, "When it ended"),
        Field("winner", &V::winner, "The arm that graduated"),
        Field("version", &V::version, "Raised by every change; also the ETag"));
  }
};

struct ExperimentReport : ExperimentView {
  std::optional<Results> results;

  static constexpr auto fields() {
    return joined_fields(ExperimentView::fields(),
                         described(Field("results", &ExperimentReport::results, "What came of it; not of drafts")));
  }
};

struct ExperimentList {
  std::vector<ExperimentView> items;
  Nullable<std::string> next_cursor;

  static constexpr auto fields() {
    return described(Field("items", &ExperimentList::items, "All of them, newest first"),
                     Field("next_cursor", &ExperimentList::next_cursor, "Always null: they are few"));
  }
};

struct Graduation {
  std::string arm;

  static constexpr auto fields() {
    return described(Field("arm", &Graduation::arm, "Whose configuration becomes the usual one", Length{1, 30}));
  }
};

struct ChoiceQuery {
  bool consent = false;

  static constexpr auto fields() {
    return described(Field("consent", &ChoiceQuery::consent,
                           "Whether the visitor agreed to be counted; as the cookie `consent` where it is not said",
                           Default{}));
  }
};

struct ChoiceView {
  Nullable<std::string> arm;
  Nullable<json::Raw> configuration;

  static constexpr auto fields() {
    return described(
        Field("arm", &ChoiceView::arm, "Experiment and arm, for POST /events; null where the visitor is in none"),
        Field("configuration", &ChoiceView::configuration, "What is done otherwise; null: nothing"));
  }
};

ExperimentView view(const Kept& kept) {
  return {kept.id,         kept.definition, kept.state,  kept.created_at,
          kept.started_at, kept.ended_at,   kept.winner, kept.version};
}

class ExperimentHandlers {
 public:
  explicit ExperimentHandlers(const ApiParts& parts) : p_(parts) {}

  Result<ChoiceView> choose(Call& call, const ChoiceQuery& in) const {
    TRY(const auto visitor, p_.visitor(call.request, in.consent));
    const Choice choice = p_.experiments.choose(call.param("subject"), visitor);
    p_.experiments.exposed(choice, visitor);
    ChoiceView out;
    if (!choice.label.empty()) out.arm.emplace(choice.label);
    if (choice.configuration != nullptr) out.configuration.emplace(*choice.configuration);
    call.set_header("Cache-Control", "private, no-store");
    return out;
  }

  Result<ExperimentList> list(const Call& call) const {
    TRY_DO(p_.shoppers.require_role(call, services::Role::kMerchandiser));
    TRY(const auto all, p_.experiments.list());
    ExperimentList out;
    for (const Kept& kept : all) out.items.push_back(view(kept));
    return out;
  }

  Result<ExperimentReport> show(Call& call) const {
    TRY_DO(p_.shoppers.require_role(call, services::Role::kMerchandiser));
    TRY(const auto kept, p_.experiments.find(std::string(call.param("key"))));
    ExperimentReport out{view(kept), {}};
    if (kept.state != State::kDraft) {
      TRY(out.results, p_.experiments.results(kept));
    }
    call.set_header("ETag", services::version_etag(kept.version));
    return out;
  }

  Result<ExperimentView> add(Call& call, const Definition& in) const {
    call.set_header("Location", "/api/v1/admin/experiments/" + in.key);
    return act(call, "experiments.add", in.key, json::print(in),
               [&](const db::Function& also) { return p_.experiments.add(in, also); });
  }

  Result<ExperimentView> put(Call& call, const Definition& in) const {
    if (in.key != call.param("key"))
      return invalid("experiments.bad_experiment", "/key", "contradiction",
                     "The experiment's key is that of its address.");
    return act(call, "experiments.change", in.key, json::print(in), [&](const db::Function& also) {
      return p_.experiments.change(in, services::if_match(call.request), also);
    });
  }

  Result<None> remove(Call& call) const {
    TRY(const auto staff, p_.shoppers.require_role(call, services::Role::kMerchandiser));
    const std::string key(call.param("key"));
    const auto entry = p_.audit.entry(staff.caller(), "experiments.remove", key);
    TRY_DO(p_.experiments.remove(key, [&](db::Tx& tx) { return services::Audit::record(tx, entry); }));
    return None{};
  }

  Result<ExperimentView> start(Call& call) const {
    const std::string key(call.param("key"));
    return act(call, "experiments.start", key, "{}",
               [&](const db::Function& also) { return p_.experiments.start(key, also); });
  }
  Result<ExperimentView> end(Call& call) const {
    const std::string key(call.param("key"));
    return act(call, "experiments.end", key, "{}",
               [&](const db::Function& also) { return p_.experiments.end(key, also); });
  }
  Result<ExperimentView> graduate(Call& call, const Graduation& in) const {
    const std::string key(call.param("key"));
    return act(call, "experiments.graduate", key, json::print(in),
               [&](const db::Function& also) { return p_.experiments.graduate(key, in.arm, also); });
  }

 private:
  template <class Act>
  Result<ExperimentView> act(Call& call, std::string action, const std::string& key, std::string detail,
                             const Act& done) const {
    TRY(const auto staff, p_.shoppers.require_role(call, services::Role::kMerchandiser));
    const auto entry = p_.audit.entry(staff.caller(), std::move(action), key, std::move(detail));
    TRY(const Kept kept, done([&](db::Tx& tx) { return services::Audit::record(tx, entry); }));
    call.set_header("ETag", services::version_etag(kept.version));
    return view(kept);
  }

  ApiParts p_;
};

}  // namespace

void add_experiments_routes(http::Router& router, const ApiParts& parts) {
  const ExperimentHandlers api(parts);
  const std::string one = "/admin/experiments/{key}";
  router.get<ChoiceQuery, ChoiceView>("/experiments/{subject}",
                                      {"What a visitor gets of a subject; noted as shown to them", {}, 200, "events"},
                                      [api](Call& call, const ChoiceQuery& in) { return api.choose(call, in); });
  router.get<None, ExperimentList>("/admin/experiments", {"What is tried out with visitors", {}, 200, "admin"},
                                   [api](Call& call, None) { return api.list(call); });
  router.get<None, ExperimentReport>(
      one, {"One experiment, and what came of it", {"experiments.no_such_experiment"}, 200, "admin"},
      [api](Call& call, None) { return api.show(call); });
  router.post<Definition, ExperimentView>("/admin/experiments",
                                          {"Drafts an experiment",
                                           {"experiments.bad_experiment", "experiments.exists", "experiments.too_many"},
                                           201,
                                           "admin"},
                                          [api](Call& call, const Definition& in) { return api.add(call, in); });
  router.put<Definition, ExperimentView>(one,
                                         {"Says a draft anew; of one that runs, its share and description",
                                          {"experiments.bad_experiment", "experiments.fixed",
                                           "experiments.no_such_experiment", "experiments.version_conflict"},
                                          200,
                                          "admin"},
                                         [api](Call& call, const Definition& in) { return api.put(call, in); });
  router.del<None, None>(one,
                         {"Removes a draft", {"experiments.no_such_experiment", "experiments.fixed"}, 204, "admin"},
                         [api](Call& call, None) { return api.remove(call); });
  router.post<None, ExperimentView>(one + "/start",
                                    {"It begins; repeatable",
                                     {"experiments.no_such_experiment", "experiments.invalid_transition",
                                      "experiments.subject_busy", "experiments.too_many"},
                                     200,
                                     "admin"},
                                    [api](Call& call, None) { return api.start(call); });
  router.post<None, ExperimentView>(one + "/end",
                                    {"It ends: everybody gets the usual again; repeatable",
                                     {"experiments.no_such_experiment", "experiments.invalid_transition"},
                                     200,
                                     "admin"},
                                    [api](Call& call, None) { return api.end(call); });
  router.post<Graduation, ExperimentView>(one + "/graduate",
                                          {"It ends, and what the arm does becomes the usual; repeatable",
                                           {"experiments.no_such_experiment", "experiments.no_such_arm",
                                            "experiments.graduated", "experiments.invalid_transition"},
                                           200,
                                           "admin"},
                                          [api](Call& call, const Graduation& in) { return api.graduate(call, in); });
}

}  // namespace kontor::experiments
