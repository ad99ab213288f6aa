// hoodtrace faults.

#include "command/command_table.hpp"
#include "command/pipeline.hpp"
#include "model/fault_tracker.hpp"
#include "model/file_names.hpp"
#include "view/faults_view.hpp"

namespace hoodtrace {
namespace {

class FaultsObserver : public Observer {
 public:
  FaultsObserver(const TaskTable& tasks, const Options& options)
      : tasks_(tasks), options_(options), tracker_(tasks) {}

  void on_event(const Event& event) override {
    feed(files_, event);
    feed(tracker_, event);
  }
  void fold(TaskId task) override { tracker_.fold(task); }
  std::string take_lines() override { return {}; }
  void report(std::uint64_t, Report& report) override {
    add_faults_report({tracker_, tasks_, files_}, options_.view, report);
  }
  void begin_interval(std::uint64_t) override { tracker_.begin_interval(); }

 private:
  const TaskTable& tasks_;
  const Options& options_;
  FaultTracker tracker_;
  FileNames files_;
};

}  // namespace

Result<int> run_faults(const Options& options, const Environment& environment) {
  if (Result<void> good = check_faults_view(options.view); !good) return good.error();
  TaskTable tasks;
  FaultsObserver observer(tasks, options);
  return run_pipeline(options, environment, tasks, observer);
}

}  // namespace hoodtrace
