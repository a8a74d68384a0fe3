using System.Text;
using HybridAD.Formats.TraceJson;
using HybridAD.Graph;

namespace HybridAD.PropertyTests.Support;

/// <summary>A random graph, a point, and the seed of whatever else the test draws.</summary>
/// <param name="Trace">The graph.</param>
/// <param name="Point">Where it is evaluated.</param>
/// <param name="Tame">Whether it is smooth around the point, with moderate numbers, by construction.</param>
/// <param name="Seed">Seeds vectors, mutations and other points.</param>
internal sealed record GraphCase(Trace Trace, double[] Point, bool Tame, int Seed)
{
    public Random Random() => new(Seed);

    /// <summary>What a failure prints: a trace file that can be fed to the tool.</summary>
    public override string ToString() => $"seed {Seed}, trace {Encoding.UTF8.GetString(TraceJsonWriter.Write(WithPoint()))}";

    private Trace WithPoint() => GraphRewriter.Copy(Trace, Point);
}
