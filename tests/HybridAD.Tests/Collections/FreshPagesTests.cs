using HybridAD.Collections;

namespace HybridAD.Tests.Collections;

public class FreshPagesTests
{
    /// <summary>Lengths at which nothing is made ready, a part of a page, whole pages, and what is kept with the large objects.</summary>
    public static TheoryData<int> Lengths => [0, 1, 4_095, 4_096, 4_097, 12_345, 300_001, 1 << 20];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Arrays_have_their_length_and_begin_as_stated(int length)
    {
        Assert.Equal(new double[length], FreshPages.Array<double>(length));
        Assert.Equal(new (int, int)[length], FreshPages.Array<(int, int)>(length));
        Assert.Equal(length, FreshPages.Uncleared<byte>(length).Length);
        int[] numbers = [.. Enumerable.Range(-7, length)];
        Assert.Equal(numbers, FreshPages.Copy<int>(numbers));
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Making_pages_ready_changes_nothing_in_them_nor_beside_them(int length)
    {
        var all = new string[length + 2];
        Array.Fill(all, "kept");
        FreshPages.Populate(all);
        FreshPages.Populate(ref all[1], length);
        Assert.All(all, static text => Assert.Equal("kept", text));
    }
}
