using System.Collections;
using System.Globalization;

namespace HybridAD.Formats.Nl;

/// <summary>The names c0, c1, …, f0, f1, …, made when asked for.</summary>
internal sealed class NumberedNames(int constraints, int objectives) : IReadOnlyList<string>
{
    public int Count => constraints + objectives;

    public string this[int index] => index < constraints
        ? string.Create(CultureInfo.InvariantCulture, $"c{index}")
        : string.Create(CultureInfo.InvariantCulture, $"f{index - constraints}");

    public IEnumerator<string> GetEnumerator()
    {
        for (var k = 0; k < Count; k++)
            yield return this[k];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
