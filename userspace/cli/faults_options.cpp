// The options of faults alone.

#include <map>
#include <string>

#include "cli/command_options.hpp"
#include "cli/option_groups.hpp"

namespace hoodtrace {

void add_faults_options(CLI::App& app, Options& options) {
  static const std::map<std::string, FaultTier> kTiers = {
      {"auto", FaultTier::kAuto}, {"base", FaultTier::kBase}, {"events", FaultTier::kEvents}};
  app.add_option("--tier", options.trace.fault_tier,
                 "how faults are seen (for tests): base = the exception's tracepoints and perf "
                 "events; events = perf events alone; auto = the best there is")
      ->transform(CLI::CheckedTransformer(kTiers).description(""))
      ->type_name("TIER");
}

}  // namespace hoodtrace
