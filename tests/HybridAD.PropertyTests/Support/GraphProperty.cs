using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;
using Xunit.Abstractions;

namespace HybridAD.PropertyTests.Support;

/// <summary>Runs one property over many random graphs and says how many, from which seed.</summary>
internal static class GraphProperty
{
    /// <summary>FsCheck's size of the largest case; a graph has about half as many operations, with rare exceptions.</summary>
    private const int LargestSize = 120;

    /// <summary>Checks a property; a failure is shrunk and printed as a trace file.</summary>
    public static void Check(ITestOutputHelper output, string test, int count, GraphKind kind, Action<GraphCase> property)
    {
        var graphs = Gen.Sized(size => Gen.Choose(int.MinValue, int.MaxValue).Select(seed => GraphGenerator.Create(seed, size, kind)));
        var arbitrary = Arb.From(graphs, GraphShrinker.Shrink);
        Check(output, test, count, arbitrary, property);
    }

    public static void Check<T>(ITestOutputHelper output, string test, int count, Arbitrary<T> arbitrary, Action<T> property)
    {
        count *= Seed.Effort;
        output.WriteLine($"{test}: {count} cases, {Seed.Variable}={Seed.Value}");
        var config = Config.QuickThrowOnFailure
            .WithMaxTest(count)
            .WithStartSize(6)
            .WithEndSize(LargestSize)
            .WithReplay(FSharpOption<Replay>.Some(new Replay(new Rnd(Seed.Mixed(test)), FSharpOption<int>.None)))
            .WithQuietOnSuccess(true);
        try
        {
            FsCheck.Check.One(config, Prop.ForAll(arbitrary, property));
        }
        catch (Exception failure)
        {
            throw new Xunit.Sdk.XunitException($"{test} fails with {Seed.Variable}={Seed.Value}. {failure.Message}");
        }
    }
}
