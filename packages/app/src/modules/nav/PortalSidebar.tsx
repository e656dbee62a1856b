import { Sidebar, SidebarDivider, SidebarGroup, SidebarItem, SidebarScrollWrapper, SidebarSpace } from '@backstage/core-components';
import { identityApiRef, useApi } from '@backstage/core-plugin-api';
import type { NavContentComponent } from '@backstage/plugin-app-react';
import { NotificationsSidebarItem } from '@backstage/plugin-notifications';
import { SidebarSearchModal } from '@backstage/plugin-search';
import { UserSettingsSignInAvatar } from '@backstage/plugin-user-settings';
import MenuIcon from '@material-ui/icons/Menu';
import SearchIcon from '@material-ui/icons/Search';
import SwapHorizIcon from '@material-ui/icons/SwapHoriz';
import { SidebarLogo } from './SidebarLogo.tsx';

const SwitchUser = () => {
  const identity = useApi(identityApiRef);
  return <SidebarItem icon={SwapHorizIcon} text="Switch user" onClick={() => void identity.signOut()} />;
};

export const PortalSidebar: NavContentComponent = ({ navItems }) => {
  const nav = navItems.withComponent((item) => <SidebarItem icon={() => item.icon} to={item.href} text={item.title} />);
  // Search opens as a dialog, notifications carry a counter, home only redirects: none is listed by itself.
  for (const id of ['page:search', 'page:notifications', 'page:home']) nav.take(id);
  const settings = nav.take('page:user-settings');
  return (
    <Sidebar>
      <SidebarLogo />
      <SidebarGroup label="Search" icon={<SearchIcon />} to="/search">
        <SidebarSearchModal />
      </SidebarGroup>
      <SidebarDivider />
      <SidebarGroup label="Menu" icon={<MenuIcon />}>
        {nav.take('page:dr')}
        {nav.take('page:catalog')}
        <SidebarScrollWrapper>{nav.rest({ sortBy: 'title' })}</SidebarScrollWrapper>
      </SidebarGroup>
      <SidebarSpace />
      <SidebarDivider />
      <NotificationsSidebarItem />
      <SwitchUser />
      <SidebarGroup label="Settings" icon={<UserSettingsSignInAvatar />} to="/settings">
        {settings}
      </SidebarGroup>
    </Sidebar>
  );
};
