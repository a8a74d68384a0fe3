using HybridAD.Tracing;

namespace HybridAD.StabilityTests.Culprits;

/// <summary>The line that loses the digits is named first.</summary>
public class CulpritTests
{
    public static TheoryData<string> Names => [.. Planted.All.Select(planted => planted.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_planted_line_is_ranked_first(string name)
    {
        var planted = Planted.All.Single(candidate => candidate.Name == name);
        var analysis = AD.Stability(planted.Function, planted.X);
        var output = analysis.Outputs[0];
        var first = ((CapturedSources)analysis.Program.Sources!).LocationOf(output.BySource[0].WorstNode)!;
        var text = File.ReadLines(first.Path!).ElementAt(first.Line - 1);
        Assert.True(text.EndsWith("// planted", StringComparison.Ordinal),
            $"value {output.Value:R}, bound {output.Bound:E2}, first is{text}\n{string.Join('\n', output.BySource.Select(place => $"{place.Share:P1} {place.Kind} {place.Operation} {place.Source}"))}");
        // It loses digits indeed: the bound is far above a few roundings of the result.
        Assert.True(output.Bound > 1e3 * Math.ScaleB(Math.Abs(output.Value), -53), $"{output.Bound:E2} beside {output.Value:R}");
    }

    [Fact]
    public void There_are_thirty_or_more_functions_with_one_planted_line_each() => Assert.True(Planted.All.Count >= 30);
}
