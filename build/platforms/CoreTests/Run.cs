using System.Reflection;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace S2nTls.Platforms;

/// <summary>Runs tests in this process, one after the other, and says which failed.</summary>
internal static class Run
{
    internal static int Tests(IReadOnlyCollection<string> names)
    {
        Assembly tests = Assembly.Load("S2nStream.Tests");
        using var framework = new XunitTestFramework(new Ignoring());
        var options = new Options();
        var found = new Discovered();
        using ITestFrameworkDiscoverer discoverer = framework.GetDiscoverer(new ReflectionAssemblyInfo(tests));
        discoverer.Find(includeSourceInformation: false, found, options);
        found.Finished.WaitOne();

        ITestCase[] chosen = [.. found.Cases.Where(test => names.Any(wanted => $"{test.TestMethod.TestClass.Class.Name}.".StartsWith($"{wanted}.", StringComparison.Ordinal)))];
        var outcome = new Outcome();
        using ITestFrameworkExecutor executor = framework.GetExecutor(tests.GetName());
        executor.RunTests(chosen, outcome, options);
        outcome.Finished.WaitOne();
        Console.WriteLine($"{outcome.Passed} passed, {outcome.Failed} failed");
        return outcome.Failed == 0 && outcome.Passed > 0 ? 0 : 1;
    }

    private sealed class Ignoring : IMessageSink
    {
        public bool OnMessage(IMessageSinkMessage message) => true;
    }

    private sealed class Discovered : IMessageSink
    {
        internal List<ITestCase> Cases { get; } = [];

        internal ManualResetEvent Finished { get; } = new(false);

        public bool OnMessage(IMessageSinkMessage message)
        {
            if (message is ITestCaseDiscoveryMessage discovery)
            {
                Cases.Add(discovery.TestCase);
            }
            else if (message is IDiscoveryCompleteMessage)
            {
                Finished.Set();
            }

            return true;
        }
    }

    private sealed class Outcome : IMessageSink
    {
        internal int Passed { get; private set; }

        internal int Failed { get; private set; }

        internal ManualResetEvent Finished { get; } = new(false);

        public bool OnMessage(IMessageSinkMessage message)
        {
            switch (message)
            {
                case ITestPassed:
                    Passed++;
                    break;
                case ITestFailed failed:
                    Failed++;
                    Console.WriteLine($"FAILED {failed.Test.DisplayName}\n  {string.Join("\n  ", failed.Messages)}\n{string.Join('\n', failed.StackTraces)}");
                    break;
                case ITestAssemblyFinished:
                    Finished.Set();
                    break;
            }

            return true;
        }
    }

    /// <summary>Nothing at the same time: an emulated processor is slow enough for tests' time limits.</summary>
    private sealed class Options : ITestFrameworkDiscoveryOptions, ITestFrameworkExecutionOptions
    {
        private readonly Dictionary<string, object?> _values = new() { ["xunit.execution.DisableParallelization"] = true };

        public TValue GetValue<TValue>(string name) => _values.TryGetValue(name, out object? value) ? (TValue)value! : default!;

        public void SetValue<TValue>(string name, TValue value) => _values[name] = value;
    }
}
