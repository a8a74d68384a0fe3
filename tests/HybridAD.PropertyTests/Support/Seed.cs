using System.Globalization;

namespace HybridAD.PropertyTests.Support;

/// <summary>
/// The one seed behind all random tests: the same on every run, so that a failure stays a failure, unless the environment variable
/// HYBRIDAD_SEED gives another number, or <c>random</c> for a fresh one.
/// </summary>
internal static class Seed
{
    public const string Variable = "HYBRIDAD_SEED";

    private const ulong Default = 20260501;

    public static ulong Value { get; } = Environment.GetEnvironmentVariable(Variable) switch
    {
        null or "" => Default,
        "random" => (ulong)Random.Shared.NextInt64(),
        var text => ulong.Parse(text, CultureInfo.InvariantCulture),
    };

    /// <summary>How many times as many cases as in a normal run: the environment variable HYBRIDAD_EFFORT.</summary>
    public static int Effort { get; } = int.Parse(Environment.GetEnvironmentVariable("HYBRIDAD_EFFORT") ?? "1", CultureInfo.InvariantCulture);

    /// <summary>A generator of its own for each test, so that tests do not depend on their order.</summary>
    public static Random RandomFor(string test) => new(unchecked((int)Mixed(test)));

    /// <summary>The seed mixed with a name; string hash codes of the runtime change from run to run.</summary>
    public static ulong Mixed(string test)
    {
        var mixed = Value;
        foreach (var letter in test)
            mixed = (mixed ^ letter) * 0x9E3779B97F4A7C15 + 1;
        return mixed ^ (mixed >> 29);
    }
}
