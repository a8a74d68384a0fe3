using System.Text.Json;
using HybridAD.Formats.Nl;
using Xunit.Abstractions;

namespace HybridAD.FormatTests.Nl;

/// <summary>The whole way on real files: read, simplify, plan, evaluate, against the results of an independent evaluator.</summary>
public class RealFileEngineTests(ITestOutputHelper output)
{
    public static TheoryData<JacobianMode> Modes => [JacobianMode.Auto, JacobianMode.ForwardColored, JacobianMode.ReverseColored, JacobianMode.ReverseRows, JacobianMode.Hybrid, JacobianMode.Bicolored];

    [Theory]
    [MemberData(nameof(Modes))]
    public void EveryModeGivesTheExpectedValuesJacobiansAndPatterns(JacobianMode mode)
    {
        var failures = new List<string>();
        var workspace = new Workspace();
        int files = 0, points = 0, compared = 0;
        foreach (var path in SharedFiles.In("nl/expected", "*.json"))
        {
            var name = Path.GetFileNameWithoutExtension(path);
            var model = NlReader.Load(SharedFiles.In("nl/files", name + ".nl", SearchOption.AllDirectories).First(p => !p.Contains("bad", StringComparison.Ordinal)));
            var function = new TracedFunction(model.Trace, declaredPattern: model.DeclaredPattern);
            var jacobian = function.CompileJacobian(new JacobianPlannerOptions { Mode = mode });
            files++;
            using var expected = JsonDocument.Parse(File.ReadAllBytes(path));
            foreach (var point in expected.RootElement.GetProperty("points").EnumerateObject())
            {
                points++;
                var y = new double[function.OutputCount];
                var entries = new double[jacobian.Pattern.NonzeroCount];
                jacobian.ValueAndEvaluateSparse(ExpectedPoint.PointOf(model, point.Name), y, entries, workspace);
                var gradients = new Dictionary<int, double>[y.Length];
                for (var row = 0; row < y.Length; row++)
                {
                    gradients[row] = [];
                    for (var k = jacobian.Pattern.RowStarts[row]; k < jacobian.Pattern.RowStarts[row + 1]; k++)
                        gradients[row].Add(jacobian.Pattern.Columns[k], entries[k]);
                }
                var differences = ExpectedPoint.Differences(model, name, point.Name, point.Value, ref compared, (y, gradients));
                if (differences.Count > 0)
                    failures.Add($"{name} at {point.Name}: {differences[0]} (and {differences.Count - 1} more)");
            }
            CheckPattern(model, jacobian.Pattern, name, failures);
        }
        output.WriteLine($"{mode}: {files} files, {points} points, {compared} numbers compared");
        Assert.True(failures.Count == 0, string.Join('\n', failures));
    }

    /// <summary>The pattern of the Jacobian is the declared one and what the file forgot, nothing else.</summary>
    private static void CheckPattern(NlModel model, SparsityPattern pattern, string name, List<string> failures)
    {
        var undeclared = model.FindUndeclared().ToLookup(p => p.Row, p => p.Column);
        for (var row = 0; row < pattern.RowCount; row++)
            if (!pattern.Row(row).SequenceEqual(model.DeclaredPattern.Row(row).ToArray().Concat(undeclared[row]).Order().ToArray()))
            {
                failures.Add($"{name}: pattern of row {row} differs");
                return;
            }
    }
}
