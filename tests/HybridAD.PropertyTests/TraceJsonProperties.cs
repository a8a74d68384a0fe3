using System.Text;
using HybridAD.Formats.TraceJson;
using HybridAD.Graph;
using HybridAD.PropertyTests.Support;
using HybridAD.Simplification;
using Xunit.Abstractions;

namespace HybridAD.PropertyTests;

/// <summary>Trace files keep every bit, and a damaged file is refused or means something.</summary>
public sealed class TraceJsonProperties(ITestOutputHelper output)
{
    [Fact]
    public void Traces_survive_the_way_through_a_file() =>
        GraphProperty.Check(output, nameof(Traces_survive_the_way_through_a_file), 1000, GraphKind.Wild, graph =>
        {
            AssertSurvives(GraphRewriter.Copy(graph.Trace, graph.Point));
            AssertSurvives(Simplifier.Simplify(graph.Trace).Trace);
        });

    [Fact]
    public void Damaged_files_are_refused_or_can_be_evaluated()
    {
        var (accepted, refused) = (0, 0);
        GraphProperty.Check(output, nameof(Damaged_files_are_refused_or_can_be_evaluated), 1500, GraphKind.Wild, graph =>
        {
            var random = graph.Random();
            for (var trial = 0; trial < 6; trial++)
            {
                var data = Mutations.Damage(TraceJsonWriter.Write(GraphRewriter.Copy(graph.Trace, graph.Point)), random, Fragments);
                Trace trace;
                try
                {
                    trace = TraceJsonReader.Read(data);
                }
                catch (TraceJsonException error)
                {
                    Assert.DoesNotContain('\n', error.Message);
                    refused++;
                    continue;
                }
                accepted++;
                try
                {
                    TraceVerifier.Verify(trace);
                    if (trace.InputCount < 1000)
                        Mutations.UseEverything(new TracedFunction(trace, new TracingOptions { OnGuardFlip = GuardPolicy.Ignore }), new double[trace.InputCount]);
                }
                catch (Exception error)
                {
                    Assert.Fail($"{error.GetType().Name}: {error.Message} for the accepted file {Encoding.UTF8.GetString(data)}");
                }
            }
        });
        output.WriteLine($"{accepted} damaged files accepted, {refused} refused");
    }

    private static readonly string[] Fragments =
    [
        "[]", "[", "]", "{", "}", ",", "0", "-1", "1e999", "2147483648", "\"NaN\"", "null", "true", "\"\"", "[\"rootn\",0,[]]", "[\"rootn\",0,[2.5]]", "[\"rootn\",0,[0]]",
        "[\"rootn\",0,[1,2]]", "[\"rootn\",0,[1e300]]", "[\"rootn\",0,[\"NaN\"]]", "[\"pwl\",0,[]]", "[\"pwl\",0,[1,\"NaN\",2]]", "[\"sum\"]", "[\"sum\",0]", "[\"const\"]", "\\ud800", "\u00e4", "\"x\":",
    ];

    private static void AssertSurvives(Trace trace)
    {
        var written = TraceJsonWriter.Write(trace);
        var read = TraceJsonReader.Read(written);
        Assert.Equal(trace.Hash, read.Hash);
        Assert.Equal(trace.Point ?? [], read.Point ?? []);
        Assert.Equal(written, TraceJsonWriter.Write(read));
    }
}
